import type { Command } from "commander";
import { checksumMatches } from "../crypto/checksum.ts";
import { looksSealed } from "../crypto/sealed-text.ts";
import type { Cli } from "./cli.ts";
import { addExamples } from "./options.ts";
import { algorithmOf, rewriteValues } from "./rewrite-values.ts";
import { addSealerOptions, openSealer, type SealerOptions } from "./sealing-key.ts";
import type { FileSecret } from "./secret-file.ts";

interface SealOptions extends SealerOptions {
  readonly namespace?: string;
}

export function addSealCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("seal")
    .description(
      "Seal the plain values of a YAML file, or of the files of a folder, in place. All else stays as it is, byte for byte: comments, order, and what is sealed already.",
    )
    .argument("<file|folder>", "the files to change")
    .option("-n, --namespace <namespace>", "seal for keys with this and '/' before them, as in 'save -n'");
  addSealerOptions(command).action((path: string, options: SealOptions) => seal(cli, command, path, options));
  addExamples(
    command,
    `oo secret seal secrets/production.yaml
     oo secret seal --sealing-key sealing-key.json secrets/`,
  );
}

async function seal(cli: Cli, command: Command, path: string, options: SealOptions): Promise<void> {
  const sealer = await openSealer(cli, command, options);
  const { sealValue } = await import("../crypto/sealed-value.ts");
  const { files, values } = await rewriteValues(path, options.namespace, cli.output, async (secret, key) => {
    const { value, encrypted } = secret.input;
    if (value === undefined || encrypted === true) return undefined;
    checkPlain(value, secret);
    return sealValue(sealer, { tenant: sealer.tenant, scope: "key", target: key }, value);
  });
  cli.output.result(
    values === 0
      ? "Nothing to seal.\n"
      : `Sealed ${values} ${plural("value", values)} in ${files} ${plural("file", files)}.\n`,
  );
}

function checkPlain(value: string, secret: FileSecret): void {
  const { input, complain } = secret;
  if (looksSealed(value))
    throw complain("the value is sealed already: it lacks 'encrypted: true'", "sealed-not-marked", "value");
  if (input.checksum === undefined) return;
  if (!checksumMatches(algorithmOf(secret), Buffer.from(value), input.checksum)) {
    throw complain("the checksum is not that of the value", "checksum", "checksum");
  }
}

/** A noun after a count. */
export function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}
