import type { Argument, Command, Option } from "commander";

/** What may come at the place that is being typed. */
export interface Expected {
  /** Text to print before each candidate, such as `--namespace=`. */
  readonly before: string;
  /** What the user has typed so far. */
  readonly prefix: string;
  /** Words of the command line itself. */
  readonly words: readonly string[];
  /** The kind of names to ask the service for. */
  readonly names: "keys" | "namespaces" | undefined;
}

/**
 * What is expected at the end of a command line whose last word is still being typed. An argument is completed with
 * keys or namespaces if the help calls it that. Other free text, such as a file name, is left to the shell.
 */
export function findExpected(program: Command, typed: readonly string[]): Expected {
  const prefix = typed.at(-1) ?? "";
  let command = program;
  let operands = 0;
  let option: Option | undefined;
  for (const word of typed.slice(0, -1)) {
    if (word === "--") return nothing(prefix);
    if (option?.required === true && !option.variadic) option = undefined;
    else if (word.startsWith("-")) option = takesValue(findOption(command, word));
    else if (option === undefined) {
      const child = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
      if (child === undefined) operands += 1;
      else command = child;
    }
  }
  const inline = /^(--[a-z-]+=)(.*)$/.exec(prefix);
  if (inline !== null) {
    const [, before = "", value = ""] = inline;
    const found = takesValue(findOption(command, before.slice(0, -1)));
    return found === undefined ? nothing(prefix) : { ...expectedValue(found, placeholder(found), value), before };
  }
  if (option !== undefined && !(option.variadic && prefix.startsWith("-"))) {
    return expectedValue(option, placeholder(option), prefix);
  }
  if (prefix.startsWith("-")) return { ...nothing(prefix), words: optionNames(command) };
  if (command.commands.length > 0) return { ...nothing(prefix), words: commandNames(command) };
  const argument =
    command.registeredArguments[operands] ?? command.registeredArguments.findLast((each) => each.variadic);
  return argument === undefined ? nothing(prefix) : expectedValue(argument, argument.name(), prefix);
}

function nothing(prefix: string): Expected {
  return { before: "", prefix, words: [], names: undefined };
}

function expectedValue({ argChoices }: Option | Argument, name: string, prefix: string): Expected {
  const names = /\b(keys?|pattern)\b/.test(name) ? "keys" : name === "namespace" ? "namespaces" : undefined;
  return { ...nothing(prefix), words: argChoices ?? [], names: argChoices === undefined ? names : undefined };
}

function ancestry(command: Command): Command[] {
  return command.parent === null ? [command] : [command, ...ancestry(command.parent)];
}

function findOption(command: Command, flag: string): Option | undefined {
  return ancestry(command)
    .flatMap(({ options }) => options)
    .find(({ long, short }) => long === flag || short === flag);
}

function takesValue(option: Option | undefined): Option | undefined {
  return option?.required === true || option?.optional === true ? option : undefined;
}

/** `file` of `--token-file <file>`. */
function placeholder({ flags }: Option): string {
  return /[<[]([^>\].]+)/.exec(flags)?.[1] ?? "";
}

function optionNames(command: Command): string[] {
  const own = ancestry(command).flatMap(({ options }) => options.filter(({ hidden }) => !hidden));
  return [...new Set([...own.flatMap(({ long }) => long ?? []), "--help"])];
}

/** Names of the subcommands. Those that start with `__` are for programs only. */
export function commandNames(command: Command): string[] {
  return command.commands.map((child) => child.name()).filter((name) => !name.startsWith("__"));
}

/** `commandNames` with the other names of the same commands. */
export function commandWords(command: Command): string[] {
  const shown = command.commands.filter((child) => !child.name().startsWith("__"));
  return shown.flatMap((child) => [child.name(), ...child.aliases()]);
}
