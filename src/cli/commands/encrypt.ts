import { type Command, Option } from "commander";
import type { ChecksumAlgorithm } from "../../crypto/checksum.ts";
import { accessListOptions } from "../../text/access-list-names.ts";
import type { EncryptOptions } from "../files/encrypt-values.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption, collectNames } from "../frame/options.ts";
import { addSealerOptions } from "./sealing-key.ts";

/** Written out here, so that the help need not load the code that computes checksums. */
const checksumAlgorithms = ["CRC32", "SHA-256", "SHA-512", "BLAKE2s"] as const satisfies readonly ChecksumAlgorithm[];

export function addEncryptCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("encrypt")
    .description(
      "Seal a value for one key and print it as YAML, for git and for `oo secret save`. It is sealed here and not sent anywhere. Only the service can open it, and only for that key.",
    )
    .argument("[key]", "the key that the value is sealed for; not with --from-dotenv")
    .argument(
      "[value]",
      "the value; '-' or nothing: read it from standard input or, on a terminal, ask for it without echo",
    )
    .option("--key", "the first argument is a key, whatever it looks like")
    .option(
      "--file <path>",
      "the value is what this file holds: text, or bytes if it is not text; '-' is standard input",
    )
    .option("--bytes", "with --file: seal bytes, even if they are text")
    .option("-n, --namespace <namespace>", "prefix every key with this and '/', unless it already begins with them")
    .option(
      "--from-dotenv <file>",
      "instead of one value, seal every value of a dotenv file, each for the key of its name",
    );
  addSealerOptions(command);
  for (const { list, flag } of accessListOptions) {
    command.option(
      `${flag} <names>`,
      `${list} to write into the YAML: slugs and roles, separated by commas`,
      collectNames,
    );
  }
  command
    .addOption(
      new Option("--checksum-algorithm <name>", "algorithm of the checksum of the sealed text")
        .choices(checksumAlgorithms)
        .default("CRC32"),
    )
    .action(async (key: string | undefined, value: string | undefined, options: EncryptOptions) => {
      const { encrypt } = await import("../files/encrypt-values.ts");
      await encrypt(cli, command, key, value, options);
    });
  addOutputOption(command, ["yaml", "value", "json"]);
  addExamples(
    command,
    `oo secret encrypt prod/DATABASE_URL > prod-database.yaml      # asks for the value
     oo secret encrypt prod/DATABASE_URL -o value < value.txt
     oo secret encrypt --sealing-key sealing-key.json --from-dotenv .env -n prod > prod.yaml
     oo secret encrypt prod/API_KEY --readers api-svc,worker-svc > prod-api.yaml`,
  );
}
