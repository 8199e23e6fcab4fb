import type { Command } from "commander";
import { compareBytes } from "../../text/byte-order.ts";
import type { Cli } from "../frame/cli.ts";
import { type Contexts, changeContexts, readContexts } from "../frame/context-file.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { addExamples, addOutputOption } from "../frame/options.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

export function addContextCommands(parent: Command, cli: Cli): void {
  const list = parent
    .command("list")
    .description("Show the services that you are logged in to, without their tokens.")
    .action((options: { readonly output: TableFormat }) => listContexts(cli, options.output));
  addOutputOption(list, tableFormats);
  addExamples(list, "oo context list");
  const use = parent
    .command("use")
    .description("Use another one from now on.")
    .argument("<name>")
    .action((name: string) => change(cli, (all) => ({ ...all, current: requireName(all, name) })));
  addExamples(use, "oo context use secrets.example.com");
  const rename = parent
    .command("rename")
    .description("Give one another name.")
    .argument("<name>")
    .argument("<new-name>")
    .action((name: string, other: string) => change(cli, (all) => renamed(all, name, other)));
  addExamples(rename, "oo context rename secrets.example.com prod");
  const remove = parent
    .command("remove")
    .description("Forget one. Its token stays valid: 'oo logout' also ends the session.")
    .argument("<name>")
    .action((name: string) => change(cli, (all) => without(all, requireName(all, name))));
  addExamples(remove, "oo context remove staging");
}

/** Without a context. If it was in use, none is. */
export function without({ current, contexts }: Contexts, name: string): Contexts {
  const { [name]: _removed, ...others } = contexts;
  return { current: current === name ? "" : current, contexts: others };
}

/** Names go on command lines and into tables. Throws a usage error. */
export function requireContextName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$/.test(name) && name !== "__proto__") return name;
  throw usageError(
    "the name of a context must be 1 to 100 of A-Z a-z 0-9 . _ : @ -, and begin with a letter or a digit",
  );
}

async function listContexts(cli: Cli, format: TableFormat): Promise<void> {
  const { current, contexts } = readContexts(cli);
  const rows = Object.entries(contexts).sort(([a], [b]) => compareBytes(a, b));
  const shown = rows.map(([name, { url, slug, tenant, ends }]) => {
    return { name, url, slug, tenant, ends: ends === "" ? null : ends, current: name === current };
  });
  const table = () =>
    formatTable(
      ["USE", "NAME", "URL", "USER", "TENANT", "ENDS"],
      shown.map((each) => [each.current ? "*" : "", each.name, each.url, each.slug, each.tenant, each.ends ?? "never"]),
      true,
      cli.output.columns,
    );
  cli.output.result(await formatResult(format, { contexts: shown }, table));
  if (shown.length === 0) cli.output.hint("'oo login URL' makes one");
}

async function change(cli: Cli, next: (all: Contexts) => Contexts): Promise<void> {
  await changeContexts(cli, (all) => [next(all), undefined]);
}

function requireName({ contexts }: Contexts, name: string): string {
  if (Object.hasOwn(contexts, name)) return name;
  throw new CliError(`there is no context ${JSON.stringify(name)}`, ["'oo context list' shows all"]);
}

function renamed(all: Contexts, name: string, other: string): Contexts {
  const { [requireName(all, name)]: context, ...others } = all.contexts;
  requireContextName(other);
  if (context === undefined || Object.hasOwn(others, other)) throw new CliError(`there is a context ${other} already`);
  return { current: all.current === name ? other : all.current, contexts: { ...others, [other]: context } };
}
