import type { Command } from "commander";
import { checksumMatches } from "../../crypto/checksum.ts";
import { looksSealed } from "../../crypto/sealed-text.ts";
import { sealValue } from "../../crypto/sealed-value.ts";
import type { FileSecret } from "../formats/secret-file.ts";
import type { Cli } from "../frame/cli.ts";
import { algorithmOf, rewriteValues } from "./rewrite-values.ts";
import { openSealer, type SealerOptions } from "./sealer.ts";

/** How values are sealed in place. */
export interface SealOptions extends SealerOptions {
  readonly namespace?: string;
}

/** Seals the plain values of files, and prints their number. */
export async function sealFiles(cli: Cli, command: Command, path: string, options: SealOptions): Promise<void> {
  const sealer = await openSealer(cli, command, options);
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

/** The form of a noun after a count. */
export function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}
