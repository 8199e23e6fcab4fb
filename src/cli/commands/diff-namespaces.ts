import type { Command } from "commander";
import type { ComparedSecret } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { checkNamespace } from "../frame/namespace.ts";
import { openService } from "../frame/options.ts";
import type { TableFormat } from "../print/table-format.ts";

/** Shows what differs between two namespaces. The service compares the values, and none leaves it. */
export async function diffNamespaces(
  cli: Cli,
  command: Command,
  namespaces: readonly string[],
  output: TableFormat,
): Promise<void> {
  const [left = "", right, ...more] = namespaces;
  if (right === undefined || more.length > 0) {
    throw usageError("name two namespaces: oo secret diff -n staging/web -n prod/web");
  }
  for (const namespace of [left, right]) checkNamespace(namespace);
  if (left === right) throw usageError("the two namespaces are the same");
  const service = await openService(cli, command);
  const { secrets } = await service.secrets.compareNamespaces({ left, right });
  const [{ Comparison }, { enumName }, { formatResult }, { formatTable }] = await Promise.all([
    import("../../../gen/secret/v1/secret_service_pb.ts"),
    import("../print/enum-name.ts"),
    import("../print/structured.ts"),
    import("../print/table.ts"),
  ]);
  const words: Readonly<Record<number, string>> = {
    [Comparison.ONLY_LEFT]: `only in ${left}`,
    [Comparison.ONLY_RIGHT]: `only in ${right}`,
    [Comparison.NOT_READABLE]: "in both; you may not read both",
    [Comparison.DAMAGED]: "does not verify",
  };
  const wordOf = ({ comparison }: ComparedSecret) =>
    words[comparison] ?? enumName(Comparison, comparison).toLowerCase();
  const plain = secrets.map((each) => ({ name: each.name, comparison: enumName(Comparison, each.comparison) }));
  const shown = secrets.filter(({ comparison }) => comparison !== Comparison.SAME);
  const rows = shown.map((each) => [each.name, wordOf(each)]);
  const toTable = () => (rows.length === 0 ? "" : formatTable(["NAME", "COMPARISON"], rows, true, cli.output.columns));
  cli.output.result(await formatResult(output, { left, right, secrets: plain }, toTable));
  for (const [namespace, other] of [
    [left, Comparison.ONLY_RIGHT],
    [right, Comparison.ONLY_LEFT],
  ] as const) {
    if (secrets.every(({ comparison }) => comparison === other))
      cli.output.hint(`there is no secret in ${namespace}/ that you can see`);
  }
  const same = secrets.length - shown.length;
  if (output === "table") cli.output.hint(same === 1 ? "1 secret is the same" : `${same} secrets are the same`);
}
