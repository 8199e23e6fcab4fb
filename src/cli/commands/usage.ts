import type { Command } from "commander";
import type { KeyUsage } from "../../../gen/secret/v1/audit_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";
import { timeText } from "../print/timestamp.ts";

/** What one call may name. */
const keysAtOnce = 100;

export function addUsageCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("usage")
    .description("Show who last read secrets, and when. For admins, users who may write them, and their owners.")
    .argument("<keys...>", "keys of the secrets")
    .action(async (keys: readonly string[], { output }: { readonly output: TableFormat }) => {
      const service = await openService(cli, command);
      const { resolveKeys } = await import("../frame/resolve-key.ts");
      const resolved = await resolveKeys(keys, service, cli.output);
      const usage: KeyUsage[] = [];
      for (let at = 0; at < resolved.length; at += keysAtOnce) {
        usage.push(...(await service.audit.listUsage({ keys: resolved.slice(at, at + keysAtOnce) })).usage);
      }
      const shown = usage.map(toUsageJson);
      cli.output.result(await formatResult(output, shown, () => toTable(shown, cli.output.columns)));
    });
  addOutputOption(command, tableFormats);
  addExamples(command, "oo secret usage DATABASE_URL\noo secret usage prod/DATABASE_URL prod/API_KEY -o json");
}

function toUsageJson({ key, lastReadAt, readers }: KeyUsage) {
  return {
    key,
    lastReadAt: timeText(lastReadAt) ?? null,
    readers: readers.map(({ slug, version, reads, ...reader }) => {
      return { slug, lastReadAt: timeText(reader.lastReadAt) ?? null, version, reads };
    }),
  };
}

function toTable(usage: readonly ReturnType<typeof toUsageJson>[], width: number | undefined): string {
  const rows = usage.flatMap(({ key, readers }) =>
    readers.length === 0
      ? [[key, "-", "-", "", ""]]
      : readers.map(({ slug, lastReadAt, version, reads }) => [
          key,
          slug,
          lastReadAt ?? "",
          String(version),
          String(reads),
        ]),
  );
  return formatTable(["KEY", "READER", "LAST READ", "VERSION", "READS"], rows, true, width);
}
