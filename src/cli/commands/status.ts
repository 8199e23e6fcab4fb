import type { Command } from "commander";
import type { Secret } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { addExamples, addOutputOption, openService, serviceUrl } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { formatResult } from "../print/structured.ts";
import type { TableFormat } from "../print/table-format.ts";
import { timeText } from "../print/timestamp.ts";

/** A person looks at no more than these. The rest is counted. */
const namedMax = 10;
const dueStates = ["EXPIRED", "EXPIRING", "ROTATION_DUE"] as const;

export function addStatusCommand(program: Command, cli: Cli): void {
  const command = program
    .command("status")
    .description(
      "Show which service this is, who you are there, whether it is set up safely, and which secrets are due.",
    )
    .action(async ({ output }: { readonly output: "text" | TableFormat }) => {
      const service = await openService(cli, command);
      const status = await readStatus(service, serviceUrl(cli, command));
      cli.output.result(await formatResult(output, status, () => toText(status, cli)));
    });
  addOutputOption(command, ["text", "json", "yaml"]);
  addExamples(command, "oo status\noo status -o json");
}

type Status = Awaited<ReturnType<typeof readStatus>>;

async function readStatus(service: Service, url: string) {
  const [{ readVersion }, { SecretState, SecretView }, { spelling }] = await Promise.all([
    import("../frame/version.ts"),
    import("../../../gen/secret/v1/secret_service_pb.ts"),
    import("../print/states.ts"),
  ]);
  const [me, { isSecure }] = await Promise.all([service.identity.whoAmI({}), service.secrets.isSecure({})]);
  const due: { key: string; state: string; since: string | undefined }[] = [];
  for (const state of dueStates) {
    const request = { state: SecretState[state], view: SecretView.METADATA, pageSize };
    const since = ({ expireAt, valueChangedAt }: Secret) =>
      timeText(state === "ROTATION_DUE" ? valueChangedAt : expireAt);
    for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
      due.push(
        ...page.secrets.map((each) => ({
          key: each.key,
          state: spelling(SecretState, each.state),
          since: since(each),
        })),
      );
    }
  }
  const { tenant, slug, roles, admin, operator, tokenExpireAt, serviceVersion } = me;
  const you = { tenant, slug, roles, admin, operator, tokenExpireAt: timeText(tokenExpireAt) };
  return { url, version: serviceVersion, isSecure, oo: readVersion(), you, due };
}

async function toText({ url, version, isSecure, oo, you, due }: Status, { output }: Cli): Promise<string> {
  const { formatTable } = await import("../print/table.ts");
  const flags = [...(you.admin ? ["admin"] : []), ...(you.operator ? ["operator"] : [])];
  const roles = you.roles.length === 0 ? [] : [`roles ${you.roles.join(", ")}`];
  const about = [...flags, ...roles].join("; ");
  const lines = [
    ["service:", url],
    ["its version:", version],
    ["set up safely:", isSecure ? "yes" : "no: oo secret is-secure"],
    ["you:", `${you.slug} of ${you.tenant}${about === "" ? "" : ` (${about})`}`],
    ["token:", you.tokenExpireAt === undefined ? "valid forever" : `valid until ${you.tokenExpireAt}`],
    ["oo:", oo],
    ["due:", due.length === 0 ? "nothing" : `${due.length} ${due.length === 1 ? "secret" : "secrets"}`],
  ];
  const named = due.slice(0, namedMax).map(({ key, state, since }) => [`  ${key}`, state, since ?? ""]);
  const more = due.length - named.length;
  const rest = more === 0 ? "" : `  and ${more} more: oo secret list --state expired, expiring or rotation-due\n`;
  const table = named.length === 0 ? "" : formatTable(["", "", ""], named, false, output.columns);
  return formatTable(["", ""], lines, false) + table + rest;
}
