import type { Command, CommanderError } from "commander";
import { commandNames, commandWords } from "./frame/complete.ts";
import { CliError } from "./frame/errors.ts";
import { nearestName } from "./frame/nearest.ts";
import { findPeerCommand, findServiceCommand, peerOptions, withoutTool } from "./frame/peer-commands.ts";

/** Commands whose exit code 2 means something else. */
const withoutUsageCode: readonly string[] = ["oo secret plan"];

/** Words that may be shown in an error. Anything else may be a value. */
export const shownWord = /^[a-z][a-z:-]{0,23}$/;

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
      if (path === "oo secret run")
        hints.push("the command goes after '--': oo secret run -n prod/web -- node server.js");
      const { shown, meant } = describeOption(/'([^'=]*)[^']*'/.exec(error.message)?.[1] ?? "", command);
      if (shown === "") hints.push("a value that starts with '-' goes after '--', or to standard input");
      return { message: `unknown option${shown}${meant ? `, did you mean ${meant}?` : ""}`, hints };
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

/** The name is shown if other commands or other tools have such an option: otherwise it may be a value. */
function describeOption(
  name: string,
  command: Command,
): { readonly shown: string; readonly meant: string | undefined } {
  const has = (each: Command, long: string): boolean =>
    each.options.some((option) => option.long === long || option.short === long);
  const isKnown = (each: Command): boolean => has(each, name) || each.commands.some(isKnown);
  const peer = peerOptions.get(name)?.find((each) => has(command, each.split(" ")[0] ?? ""));
  const isShown = peerOptions.has(name) || isKnown(rootOf(command));
  // Of the options of the command: what commander would guess can be far off.
  const near = nearestName(
    name.replace(/^--/, ""),
    command.options.flatMap(({ long }) => long?.slice(2) ?? []),
  );
  const typed = near === undefined || !name.startsWith("--") ? undefined : `--${near}`;
  return { shown: isShown ? ` ${name}` : "", meant: peer ?? typed };
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
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
  if (parents.length === 0) {
    const meant = findMeant(command, words);
    if (meant !== undefined) return `${shown}, did you mean: ${meant}?`;
  }
  const near = nearestName(unknown, commandWords(command));
  if (near !== undefined) return `${shown}, did you mean ${near}?`;
  const elsewhere = findElsewhere(command, unknown);
  return elsewhere === undefined ? shown : `${shown}, did you mean: oo ${elsewhere}?`;
}

/** After the name of another tool, or `secrets` for `secret`; or what only the program of the service does. */
function findMeant(root: Command, words: readonly string[]): string | undefined {
  const ofService = findServiceCommand(words);
  if (ofService !== undefined) return ofService;
  const rest = withoutTool(words);
  const [first = "", second = ""] = rest;
  const secret = root.commands.find((each) => each.name() === "secret");
  const isCommand = (group: Command | undefined, word: string) =>
    group !== undefined && commandWords(group).includes(word);
  if (first === "secrets" && second !== "") {
    const peer = findPeerCommand(["secret", ...rest.slice(1)]) ?? findPeerCommand(rest.slice(1));
    return isCommand(secret, second) ? `oo secret ${second}` : peer && `oo ${peer.command}`;
  }
  if (rest === words) return undefined;
  if (first === "secrets") return "oo secret list";
  const peer = findPeerCommand(rest);
  if (peer !== undefined) return `oo ${peer.command}`;
  const group = root.commands.find((each) => each.name() === first);
  if (group !== undefined) return isCommand(group, second) ? `oo ${first} ${second}` : `oo ${first}`;
  return isCommand(secret, first) ? `oo secret ${first}` : undefined;
}

/** A command of this name elsewhere: `oo export` for `oo secret export`, `oo token` for `oo secret token`. */
function findElsewhere(command: Command, name: string): string | undefined {
  const root = rootOf(command);
  if (command.parent !== null) {
    // In a group: only the same word as a group of its own, such as `oo secret token`.
    return command.name() === "secret" && commandWords(root).includes(name) ? name : undefined;
  }
  const group = root.commands.find((each) => commandWords(each).includes(name));
  return group === undefined ? undefined : `${group.name()} ${name}`;
}
