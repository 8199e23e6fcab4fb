import type { Command } from "commander";
import { checksumMatches } from "../../crypto/checksum.ts";
import { parseSealed, SealedTextError, sealedPrefix } from "../../crypto/sealed-text.ts";
import { sealValue } from "../../crypto/sealed-value.ts";
import { bytesOf, type SecretValue } from "../../text/secret-value.ts";
import { FileError } from "../formats/file-error.ts";
import type { FileSecret } from "../formats/secret-file.ts";
import type { Cli } from "../frame/cli.ts";
import { sealedAfterName } from "./file-batch.ts";
import { algorithmOf, rewriteValues } from "./rewrite-values.ts";
import { openSealer, type SealerOptions } from "./sealer.ts";

/** How values are sealed in place. */
export interface SealOptions extends SealerOptions {
  readonly namespace?: string;
}

/** Seals the plain values of files, and prints their number. */
export async function sealFiles(cli: Cli, command: Command, path: string, options: SealOptions): Promise<void> {
  const sealer = await openSealer(cli, command, options);
  const { files, values } = await rewriteValues(
    { path, ...options, doing: "sealing" },
    cli.output,
    async (secret, key) => {
      const { value: text, valueBytes, encrypted } = secret.input;
      const value = valueBytes ?? text;
      if (value === undefined) return undefined;
      if (encrypted === true && text !== undefined) {
        checkSealed(text, secret);
        return undefined;
      }
      checkPlain(value, secret);
      return sealValue(sealer, { tenant: sealer.tenant, scope: "key", target: key }, value);
    },
  );
  cli.output.result(
    values === 0
      ? "Nothing to seal.\n"
      : `Sealed ${values} ${plural("value", values)} in ${files} ${plural("file", files)}.\n`,
  );
}

/** Plaintext that is marked as sealed must not stay in the file as if it were. */
function checkSealed(value: string, { complain }: FileSecret): void {
  const problem = sealedProblem(sealedAfterName(value) ?? value);
  if (problem === undefined) return;
  const { complaint } = complain(`'encrypted: true', but the value ${problem}`, "sealed-format", "value");
  throw new FileError(complaint, [
    "if it is plaintext, leave out 'encrypted: true', and it will be sealed; nothing was changed",
  ]);
}

function sealedProblem(text: string): string | undefined {
  try {
    parseSealed(text);
    return undefined;
  } catch (error) {
    if (error instanceof SealedTextError) return error.message;
    throw error;
  }
}

function checkPlain(value: SecretValue, secret: FileSecret): void {
  const { input, complain } = secret;
  if (typeof value === "string" && (sealedAfterName(value) ?? value).startsWith(sealedPrefix))
    throw complain("the value is sealed already: it lacks 'encrypted: true'", "sealed-not-marked", "value");
  if (input.checksum === undefined) return;
  if (!checksumMatches(algorithmOf(secret), bytesOf(value), input.checksum)) {
    throw complain("the checksum is not that of the value", "checksum", "checksum");
  }
}

/** The form of a noun after a count. */
export function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}
