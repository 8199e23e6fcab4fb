import { Argument, type Command } from "commander";
import type { ExplainAccessResponse, RightExplanation, RightHolder } from "../../../gen/secret/v1/secret_service_pb.ts";
import { rights } from "../../text/access-list-names.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable, formatTableOfReasons } from "../print/table.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

interface ExplainOptions {
  readonly as?: string;
  readonly output: TableFormat;
}

const askedRights = [...rights, "create"];

export function addExplainCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("explain")
    .description("Show what you may do with a secret, and by which rule. With --as, show what another user may do.")
    .argument("<key>", "key of the secret, which need not exist")
    .option("--as <slug>", "explain for this user (admins only)")
    .action(async (key: string, { as: principal = "", output }: ExplainOptions) => {
      const service = await openService(cli, command);
      const { resolveKeys } = await import("../frame/resolve-key.ts");
      const [resolved = key] = await resolveKeys([key], service, cli.output);
      const answer = await service.secrets.explainAccess({ key: resolved, principal });
      cli.output.result(await formatRights(answer, output, cli.output.columns));
    });
  addOutputOption(command, tableFormats);
  addExamples(command, "oo secret explain DATABASE_URL\noo secret explain prod/DATABASE_URL --as payment-svc");
}

export function addWhoCanCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("who-can")
    .description("List the users who have a right on a secret, and by which rule. Admins only.")
    .addArgument(new Argument("<right>", "what they can do").choices(askedRights))
    .argument("<key>", "key of the secret")
    .action(async (right: string, key: string, { output }: ExplainOptions) => {
      const service = await openService(cli, command);
      const { checkKey } = await import("../frame/resolve-key.ts");
      checkKey(key);
      const holders: RightHolder[] = [];
      const listed = new Set<string>();
      const request = { key, whoCan: right, pageSize };
      const read = (pageToken: string) => service.secrets.explainAccess({ ...request, pageToken });
      for await (const page of readPages(read)) {
        holders.push(...page.holders);
        for (const name of page.listed) listed.add(name);
      }
      for (const name of holders.flatMap(({ entries }) => entries)) listed.delete(name);
      cli.output.result(await formatHolders(key, right, holders, [...listed], output, cli.output.columns));
      if (listed.size > 0) {
        cli.output.hint(
          `also listed, but not the name of any user or role: ${[...listed].join(", ")} (from a token issuer, or unused)`,
        );
      }
    });
  addOutputOption(command, tableFormats);
  addExamples(command, "oo secret who-can read prod/DATABASE_URL\noo secret who-can write prod/DATABASE_URL -o json");
}

async function formatRights(
  answer: ExplainAccessResponse,
  output: TableFormat,
  width: number | undefined,
): Promise<string> {
  const { key, principal, rights } = answer;
  const plain = rights.map(({ right, allowed, rule, list, entries, grant, permit }) => {
    return { right, allowed, rule, list, entries, grant, ...(permit === "" ? {} : { permit }) };
  });
  const toRow = (each: RightExplanation) => {
    return [each.right, each.allowed ? "yes" : "no", each.rule, reasonOf(each, principal)];
  };
  const toTable = () => formatTableOfReasons(["RIGHT", "ALLOWED", "RULE", "WHY"], rights.map(toRow), width);
  return formatResult(output, { key, principal, rights: plain }, toTable);
}

async function formatHolders(
  key: string,
  right: string,
  holders: readonly RightHolder[],
  otherNames: readonly string[],
  output: TableFormat,
  width: number | undefined,
): Promise<string> {
  const plain = holders.map(({ slug, rule, entries, permit }) => {
    return { slug, rule, entries, ...(permit === "" ? {} : { permit }) };
  });
  const toRow = ({ slug, rule, entries, permit }: RightHolder) => [slug, rule, permit || entries.join(",")];
  const toTable = () => formatTable(["SLUG", "RULE", "LISTED AS"], holders.map(toRow), true, width);
  return formatResult(output, { key, right, holders: plain, otherNames }, toTable);
}

function reasonOf({ right, rule, list, entries, grant, permit }: RightExplanation, principal: string): string {
  const reason =
    rule === "permit" ? `the permit ${permit} allows it` : reasonOfRule(rule, right, list, entries, principal);
  return grant === "" ? reason : `${reason}; the token is granted ${grant}`;
}

function reasonOfRule(
  rule: string,
  right: string,
  list: string,
  entries: readonly string[],
  principal: string,
): string {
  switch (rule) {
    case "admin":
      return "admins have every right";
    case "slug-listed":
    case "role-listed":
      return right === "create" ? "in writers when it was removed" : `${list} has ${entries.join(", ")}`;
    case "not-listed":
      return right === "create"
        ? "not in writers when it was removed"
        : `${list} has neither ${principal} nor its roles`;
    case "own-prefix":
      return `keys that start with ${principal}/ are its own`;
    case "foreign-prefix":
      return `it does not start with ${principal}/, and no permit matches it`;
    case "not-granted":
      return "the user may, but the token is not granted it";
    case "removed":
      return "it was removed";
    case "missing":
      return "there is no such secret, or you may not see it";
    default:
      return "";
  }
}
