import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { addExamples, openService } from "../frame/options.ts";

/** Room for white space around a sealed text. */
const slackBytes = 1024;

export function addDecryptCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("decrypt")
    .description(
      "Open a sealed value and print it unchanged. The service opens it for admins, and for users who may read the key that it is sealed for.",
    )
    .argument(
      "[sealed|file]",
      "the sealed text, or a YAML file with one secret; '-' or nothing: read it from standard input",
    );
  command.action(async (argument: string | undefined) => {
    const text = await readSealed(cli, argument);
    const service = await openService(cli, command);
    const opened = await service.secrets.decryptValue({ value: text });
    const { value = "", valueBytes } = opened;
    if (valueBytes !== undefined) {
      if (cli.output.isShown) {
        const { notForTerminal } = await import("../print/shown-value.ts");
        throw notForTerminal("the value", valueBytes, "write it to a file, or to a pipe");
      }
      return cli.output.bytes(valueBytes);
    }
    if (cli.output.isShown) (await import("../print/terminal-codes.ts")).refuseTerminalCodes(value);
    cli.output.result(value);
  });
  addExamples(
    command,
    `oo secret decrypt prod-api.yaml
     oo secret decrypt seal.v1.…
     oo secret encrypt prod/API_KEY -o value < value.txt | oo secret decrypt`,
  );
}

async function readSealed(cli: Cli, argument: string | undefined): Promise<string> {
  const { hasYamlName } = await import("../files/find-files.ts");
  if (argument === undefined || argument === "-") {
    if (cli.stdin().isTTY) throw usageError("oo secret decrypt needs a sealed text, a file, or standard input");
    const [{ readText }, { sealedTextCharsMax }] = await Promise.all([
      import("../frame/value-input.ts"),
      import("../../crypto/sealed-text.ts"),
    ]);
    return (await readText(cli.stdin(), sealedTextCharsMax + slackBytes)).trim();
  }
  if (!hasYamlName(argument)) return argument;
  const [{ readTextFile }, { readSecretFile }] = await Promise.all([
    import("../files/find-files.ts"),
    import("../formats/secret-file.ts"),
  ]);
  const secrets = readSecretFile(argument, readTextFile(argument));
  const [secret] = secrets;
  if (secret?.input.value === undefined || secrets.length !== 1) {
    throw new CliError(`${argument} must hold exactly one secret with a value`, ["or pass the sealed text itself"]);
  }
  return secret.input.value;
}
