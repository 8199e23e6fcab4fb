import type { Command, Option } from "commander";

/** A page of the manual. */
export interface ManPage {
  /** Such as `oo-secret-save.1`. */
  readonly file: string;
  readonly text: string;
}

/** A page for every command that people call, in the macros of `man`. */
export function manPages(program: Command, version: string): ManPage[] {
  const pages: ManPage[] = [];
  const visit = (command: Command, path: readonly string[]) => {
    const name = path.join("-");
    pages.push({ file: `${name}.1`, text: toPage(command, path, version) });
    for (const child of command.commands) {
      if (!child.name().startsWith("__") && child.name() !== "help") visit(child, [...path, child.name()]);
    }
  };
  visit(program, [program.name()]);
  return pages;
}

function toPage(command: Command, path: readonly string[], version: string): string {
  const help = command.createHelp();
  const name = path.join("-");
  const children = command.commands.filter((child) => !child.name().startsWith("__") && child.name() !== "help");
  const parents: Command[] = [];
  for (let each = command.parent; each !== null; each = each.parent) parents.push(each);
  const options = help.visibleOptions(command);
  const globals = parents.flatMap((parent) => parent.options.filter(({ hidden }) => !hidden));
  const examples = examplesOf(command);
  return [
    `.TH ${name.toUpperCase()} 1 "" "oo ${version}" "oo manual"`,
    ".SH NAME",
    `${quote(name)} \\- ${quote(firstSentence(command))}`,
    ".SH SYNOPSIS",
    `.B ${quote(help.commandUsage(command))}`,
    ".SH DESCRIPTION",
    quote(command.description()),
    ...section(
      "ARGUMENTS",
      help.visibleArguments(command).map((each) => [each.name(), each.description]),
    ),
    ...section(
      "OPTIONS",
      options.map((option) => [option.flags, help.optionDescription(option)]),
    ),
    ...section(
      "GLOBAL OPTIONS",
      globals.map((option: Option) => [option.flags, help.optionDescription(option)]),
    ),
    ...section(
      "COMMANDS",
      children.map((child) => [`${name}-${child.name()}(1)`, child.description()]),
    ),
    ...(examples === "" ? [] : [".SH EXAMPLES", ".nf", quote(examples), ".fi"]),
    ".SH SEE ALSO",
    path.length === 1 ? ".BR oo-secret (1)" : `.BR ${quote(path.slice(0, -1).join("-"))} (1)`,
    "",
  ].join("\n");
}

/** What `whatis` and `apropos` show in one line. */
function firstSentence(command: Command): string {
  return command.description().split(/\.(?: |$)/, 1)[0] ?? "";
}

function section(title: string, entries: readonly (readonly [string, string])[]): string[] {
  if (entries.length === 0) return [];
  return [`.SH ${title}`, ...entries.flatMap(([term, text]) => [".TP", `.B ${quote(term)}`, quote(text)])];
}

/** What the help of the command shows after its options. */
function examplesOf(command: Command): string {
  const shown: string[] = [];
  command.configureOutput({ writeOut: (text) => shown.push(text) });
  command.outputHelp();
  const text = shown.join("");
  const start = text.indexOf("\nExamples:\n");
  return start < 0 ? "" : text.slice(start + "\nExamples:\n".length).trimEnd();
}

/** Text as it is: roff gives a meaning to backslashes, and to a dot or an apostrophe that begins a line. */
function quote(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .split("\n")
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .join("\n");
}
