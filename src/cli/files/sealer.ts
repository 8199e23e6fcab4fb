import type { Command } from "commander";
import {
  formatSealingKeyFile,
  parseSealingKeyFile,
  type SealingKeyFile,
  SealingKeyFileError,
} from "../../crypto/sealing-key-file.ts";
import { readBounded } from "../../files/read-bounded.ts";
import { slugProblem } from "../../rules/secret-key.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, systemReason, usageError } from "../frame/errors.ts";
import { openService } from "../frame/options.ts";

/** The options that choose what a command seals with. */
export interface SealerOptions {
  readonly sealingKey?: string;
  readonly tenant?: string;
}

/** What sealing needs: the public key, and the tenant whose secrets are sealed. */
export interface Sealer extends SealingKeyFile {
  readonly tenant: string;
}

/** Larger than the file of any sealing key. */
const fileBytesMax = 64 * 1024;

/**
 * The key to seal with, from a file or from the service. If the tenant is given, the service is asked without a token.
 * @throws CliError when there is no such key, or no way to find the tenant
 */
export async function openSealer(cli: Cli, command: Command, options: SealerOptions): Promise<Sealer> {
  const { tenant, sealingKey } = options;
  const problem = tenant === undefined ? undefined : slugProblem(tenant);
  if (problem !== undefined) throw usageError(`--tenant ${problem.rule}`);
  if (sealingKey !== undefined) return fromFile(sealingKey, tenant);
  const service = await openService(cli, command, { needsToken: tenant === undefined });
  const [key, caller] = await Promise.all([
    service.secrets.getSealingKey({}),
    tenant === undefined ? service.identity.whoAmI({}) : { tenant },
  ]);
  return checked({ kid: key.kid, publicKey: key.publicKey, tenant: caller.tenant });
}

/** What a service sends is believed no more than a file. */
function checked(sealer: Sealer): Sealer {
  try {
    return { ...parseSealingKeyFile(formatSealingKeyFile(sealer)), tenant: sealer.tenant };
  } catch (error) {
    if (error instanceof SealingKeyFileError) throw new CliError(`the sealing key of the service ${error.message}`);
    throw error;
  }
}

function fromFile(file: string, tenant: string | undefined): Sealer {
  const key = readSealingKeyFile(file);
  const ofFile = key.tenant;
  if (tenant !== undefined && ofFile !== undefined && tenant !== ofFile) {
    throw usageError(`--tenant is ${tenant}, but ${file} is for the tenant ${ofFile}`);
  }
  const chosen = tenant ?? ofFile;
  if (chosen === undefined) throw usageError(`${file} names no tenant`, "say which with --tenant");
  return { ...key, tenant: chosen };
}

/** @throws CliError when the file cannot be read or is not a sealing key. */
export function readSealingKeyFile(file: string): SealingKeyFile {
  try {
    return parseSealingKeyFile(readBounded(file, { maxBytes: fileBytesMax, pipe: "wait" }).toString());
  } catch (error) {
    if (error instanceof SealingKeyFileError) throw new CliError(`${file} ${error.message}`);
    throw new CliError(`cannot read the sealing key ${file}: ${systemReason(error)}`);
  }
}

/** The content of a file for `--sealing-key`. */
export function formatSealer(sealer: Sealer): string {
  return formatSealingKeyFile(sealer);
}
