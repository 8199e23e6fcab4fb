import type { Command } from "commander";
import type { Secret, SecretVersion } from "../../../gen/secret/v1/secret_service_pb.ts";
import { accessListNames } from "../../text/access-list-names.ts";
import { compareBytes } from "../../text/byte-order.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { addExamples, addOutputOption, collect, openService, parseCount } from "../frame/options.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

interface DiffOptions {
  readonly namespace?: readonly string[];
  readonly output: TableFormat;
}

interface Difference {
  readonly field: string;
  readonly change: string;
}

export function addDiffCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("diff")
    .description(
      "Show what differs between two versions of a secret: lists, metadata and owner entry by entry, of the value only whether it was changed in between. With two namespaces, show which secrets only one of them has, and whose values differ; the service compares them, and shows none.",
    )
    .argument("[key]", "key of the secret")
    .argument("[from]", "a version (default: the one before)")
    .argument("[to]", "a later version (default: the latest)")
    .option("-n, --namespace <namespace>", "two of them, in place of a key", collect)
    .action(async (key: string | undefined, from: string | undefined, to: string | undefined, options: DiffOptions) => {
      const { namespace, output } = options;
      if ((key === undefined) === (namespace === undefined)) {
        throw usageError("name a key, or two namespaces with -n", "oo secret diff -n staging/web -n prod/web");
      }
      if (key !== undefined) return diffVersions(cli, command, { key, from, to }, output);
      const { diffNamespaces } = await import("./diff-namespaces.ts");
      return diffNamespaces(cli, command, namespace ?? [], output);
    });
  addOutputOption(command, tableFormats);
  addExamples(
    command,
    `oo secret diff DATABASE_URL
     oo secret diff DATABASE_URL 3
     oo secret diff DATABASE_URL 3 5 -o json
     oo secret diff -n staging/web -n prod/web`,
  );
}

interface Asked {
  readonly key: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

async function diffVersions(cli: Cli, command: Command, asked: Asked, output: TableFormat): Promise<void> {
  const [from, to] = [asked.from, asked.to].map((text) =>
    text === undefined
      ? undefined
      : parseCount(text, "a version", 1, "to compare namespaces: oo secret diff -n NAMESPACE -n NAMESPACE"),
  );
  const service = await openService(cli, command);
  const { resolveKeys } = await import("../frame/resolve-key.ts");
  const [key = asked.key] = await resolveKeys([asked.key], service, cli.output);
  const { versions } = await service.secrets.listVersions({ key });
  const newer = to ?? versionOf(versions[0]);
  const older = from ?? newer - 1;
  if (from !== undefined && older >= newer) throw usageError("the first version must be older than the second");
  const ends = [older, newer].map((version) => versions.find((each) => versionOf(each) === version)?.secret);
  const [before, after] = ends;
  if (before === undefined || after === undefined) {
    const missing = before === undefined ? older : newer;
    throw new CliError(`version ${missing} of ${key} is not retained`, [`oo secret history ${key} lists what is`]);
  }
  const between = versions.filter((each) => versionOf(each) > older && versionOf(each) <= newer);
  const differences = [...valueDifference(between), ...fieldDifferences(before, after)];
  const [{ formatResult }, { formatTable }] = await Promise.all([
    import("../print/structured.ts"),
    import("../print/table.ts"),
  ]);
  const toTable = () =>
    differences.length === 0
      ? ""
      : formatTable(
          ["FIELD", "CHANGE"],
          differences.map(({ field, change }) => [field, change]),
          true,
          cli.output.columns,
        );
  cli.output.result(await formatResult(output, { key, from: older, to: newer, differences }, toTable));
  if (differences.length === 0) cli.output.hint(`versions ${older} and ${newer} of ${key} do not differ`);
}

function versionOf(version: SecretVersion | undefined): number {
  return version?.secret?.version ?? 0;
}

function valueDifference(between: readonly SecretVersion[]): Difference[] {
  const changes = between.filter(({ changedFields }) => changedFields.includes("value"));
  return changes.map((version) => ({
    field: "value",
    change: `changed in version ${versionOf(version)} by ${version.secret?.updatedBy ?? ""}`,
  }));
}

function fieldDifferences(before: Secret, after: Secret): Difference[] {
  const lists = accessListNames.map((name) => ({
    field: name as string,
    change: listChange(before[name], after[name]),
  }));
  const names = [...new Set([...Object.keys(before.metadata), ...Object.keys(after.metadata)])].sort(compareBytes);
  const metadata = names.map((name) => ({
    field: `metadata ${name}`,
    change: textChange(before.metadata[name], after.metadata[name]),
  }));
  const owner = { field: "owner", change: textChange(before.owner, after.owner) };
  return [...lists, ...metadata, owner].filter(({ change }) => change !== "");
}

function listChange(before: readonly string[], after: readonly string[]): string {
  const added = after.filter((name) => !before.includes(name)).map((name) => `+${name}`);
  const removed = before.filter((name) => !after.includes(name)).map((name) => `-${name}`);
  return [...added, ...removed].join(" ");
}

function textChange(before: string | undefined, after: string | undefined): string {
  if (before === after) return "";
  if (before === undefined) return `+${after}`;
  return after === undefined ? `-${before}` : `${before} -> ${after}`;
}
