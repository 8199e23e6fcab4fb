import type { PrefixApis } from "../http/call/prefix.ts";
import { createVaultApi, type VaultOptions, vaultPrefix } from "../vault/handle.ts";
import { logFailure } from "./probes.ts";

/** The API of Vault, for the transport. */
export function vaultApis(options: Omit<VaultOptions, "logError">): PrefixApis {
  return { [vaultPrefix]: createVaultApi({ ...options, logError: logFailure }) };
}
