import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { timeText } from "../frame/timestamp.ts";

interface InviteOptions {
  readonly tenant?: string;
  readonly output: "text" | "json";
}

export function addInviteCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("invite")
    .description(
      "Print a link with which a user makes a passkey, once and within a day. It replaces the link before, and cannot be shown again. Admins only.",
    )
    .argument("<slug>", "name of the user, such as bob")
    .option("--tenant <tenant>", "a tenant other than your own (operators only)")
    .action((slug: string, options: InviteOptions) => inviteUser(cli, command, slug, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(command, "oo user save bob --role payments && oo user invite bob");
}

async function inviteUser(
  cli: Cli,
  command: Command,
  slug: string,
  { tenant = "", output }: InviteOptions,
): Promise<void> {
  const service = await openService(cli, command);
  const { url, expireAt } = await service.identity.inviteUser({ slug, tenant });
  const { escapeForDisplay, toJson } = await import("../frame/escape.ts");
  const end = timeText(expireAt);
  if (output === "json") return cli.output.result(toJson({ url, expireAt: end }));
  cli.output.result(`${escapeForDisplay(url)}\n`);
  cli.output.hint(`for ${slug} only, once, until ${end}; it is not shown again`);
}
