import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { addExamples, openService } from "../frame/options.ts";

interface LinkOptions {
  readonly to?: string;
  readonly none?: boolean;
  readonly tenant?: string;
}

export function addLinkCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("link")
    .description("Let an account of a login provider log in as a user, or undo it. Admins only.")
    .argument("<slug>", "name of the user, such as alice")
    .option("--to <method:subject>", "the account: the login method, and the claim 'sub', such as acme:8f3a")
    .option("--none", "undo it: the user no longer logs in there")
    .option("--tenant <tenant>", "a tenant other than your own (operators only)")
    .action((slug: string, options: LinkOptions) => linkUser(cli, command, slug, options));
  addExamples(
    command,
    `oo user link alice --to acme:8f3a2c
     oo user link alice --none`,
  );
}

async function linkUser(cli: Cli, command: Command, slug: string, options: LinkOptions): Promise<void> {
  const { to, none = false, tenant = "" } = options;
  if ((to === undefined) !== none) throw usageError("give either --to or --none", "such as --to acme:8f3a2c");
  const colon = to?.indexOf(":") ?? -1;
  if (to !== undefined && (colon < 1 || colon === to.length - 1)) {
    throw usageError(`--to ${to} is not a login method and a subject`, "such as --to acme:8f3a2c");
  }
  const [method, subject] = to === undefined ? ["", ""] : [to.slice(0, colon), to.slice(colon + 1)];
  const service = await openService(cli, command);
  await service.identity.linkUser({ slug, method, subject, tenant });
  cli.output.result(to === undefined ? `unlinked user ${slug}\n` : `linked user ${slug} to ${method}:${subject}\n`);
}
