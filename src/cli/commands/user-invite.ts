import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { timeText } from "../print/timestamp.ts";

interface InviteOptions {
  readonly tenant?: string;
  readonly revoke?: boolean;
  readonly output: "text" | "json";
}

export function addInviteCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("invite")
    .description(
      "Print a link with which a user makes a passkey, once and within a day. It replaces the link before, and cannot be shown again. Admins only.",
    )
    .argument("<slug>", "name of the user, such as bob")
    .option("--revoke", "take back the link that was made before")
    .option("--tenant <tenant>", "a tenant other than your own (operators only)")
    .action((slug: string, options: InviteOptions) => inviteUser(cli, command, slug, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo user save bob --role payments && oo user invite bob
     oo user invite bob --revoke`,
  );
}

async function inviteUser(
  cli: Cli,
  command: Command,
  slug: string,
  { tenant = "", revoke = false, output }: InviteOptions,
): Promise<void> {
  const service = await openService(cli, command);
  if (revoke) {
    await service.logins.removePasskey({ slug, tenant, id: "invitation" });
    return cli.output.result(output === "json" ? "{}\n" : `took back the invitation of ${slug}\n`);
  }
  const { url, expireAt } = await service.identity.inviteUser({ slug, tenant });
  const { escapeForDisplay, toJson } = await import("../print/escape.ts");
  const end = timeText(expireAt);
  if (output === "json") return cli.output.result(toJson({ url, expireAt: end }));
  cli.output.result(`${escapeForDisplay(url)}\n`);
  cli.output.hint(`for ${slug} only, once, until ${end}; it is not shown again`);
}
