import type { Command, CommanderError } from "commander";
import { commandNames, commandWords } from "./frame/complete.ts";
import { CliError } from "./frame/errors.ts";
import { nearestName } from "./frame/nearest.ts";
import { findPeerCommand } from "./frame/peer-commands.ts";

/** Commands whose exit code 2 means something else. */
const withoutUsageCode: readonly string[] = ["oo secret plan"];

/** Words that may be shown in an error. Anything else may be a value. */
const shownWord = /^[a-z][a-z:-]{0,23}$/;

/** Turns what commander reports about the command at `path` into an error that quotes nothing that may be a value. */
export function toUsageError(error: CommanderError, command: Command, path: string, args: readonly string[]): CliError {
  const { message, hints } = describeUsage(error, command, path, args);
  return new CliError(message, hints, withoutUsageCode.includes(path) ? 1 : 2);
}

function describeUsage(
  error: CommanderError,
  command: Command,
  path: string,
  args: readonly string[],
): { message: string; hints: string[] } {
  const hints = [`${path} --help`];
  switch (error.code) {
    case "commander.help":
      return { message: `${path} needs a command: ${commandNames(command).join(", ")}`, hints };
    case "commander.unknownCommand":
      return { message: describeUnknown(command, path, args), hints };
    case "commander.unknownOption": {
      const suggestion = /\(Did you mean (.+)\?\)$/.exec(error.message)?.[1];
      hints.push("a value that starts with '-' goes after '--', or to standard input");
      return { message: `unknown option${suggestion ? `, did you mean ${suggestion}?` : ""}`, hints };
    }
    case "commander.excessArguments": {
      const expected = command.registeredArguments.length;
      return { message: `too many arguments: ${path} takes ${expected === 0 ? "none" : `at most ${expected}`}`, hints };
    }
    default:
      return {
        message: error.message.replace(/^error: /, "").replace(/\n\(Did you mean (.+)\?\)$/, ", did you mean $1?"),
        hints,
      };
  }
}

function describeUnknown(command: Command, path: string, args: readonly string[]): string {
  const parents = path.split(" ").slice(1);
  const words = args.filter((arg) => !arg.startsWith("-"));
  const unknown = words[parents.length] ?? "";
  const peer = findPeerCommand(words);
  if (peer !== undefined && peer.taken > parents.length) {
    return `unknown command '${words.slice(0, peer.taken).join(" ")}', did you mean: oo ${peer.command}?`;
  }
  const shown = shownWord.test(unknown) ? `unknown command '${unknown}'` : "unknown command";
  const near = nearestName(unknown, commandWords(command));
  if (near !== undefined) return `${shown}, did you mean ${near}?`;
  const elsewhere = findElsewhere(command, unknown);
  return elsewhere === undefined ? shown : `${shown}, did you mean: oo ${elsewhere}?`;
}

/** A command of this name in another group: `oo export` for `oo secret export`. */
function findElsewhere(command: Command, name: string): string | undefined {
  let root = command;
  while (root.parent !== null) root = root.parent;
  const group = root.commands.find((each) => commandWords(each).includes(name));
  return group === undefined ? undefined : `${group.name()} ${name}`;
}
