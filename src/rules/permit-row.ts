import type { CanonicalField } from "../crypto/canonical.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { rowMac, verifyRowMac } from "../crypto/row-mac.ts";
import type { StoredPermit } from "../store/identity-rows.ts";
import type { Context } from "./context.ts";

/**
 * As users, permits are stored with a MAC under the keyring: an attacker who can write to the database cannot make one.
 */
const permitLabel = "secret-svc/permit/v1";

export type PermitFields = Omit<StoredPermit, "kid" | "mac">;

/** Adds the MAC under the active key. Needed whenever a field has changed. */
export function signPermit(keyring: Keyring, permit: PermitFields): StoredPermit {
  return { ...permit, ...rowMac(keyring, permitLabel, permitFields(permit)) };
}

/** Throws `IntegrityError` when anything of the row was changed outside the service. */
export function verifyPermit(keyring: Keyring, permit: StoredPermit): StoredPermit {
  verifyRowMac(keyring, permitLabel, permitFields(permit), permit.kid, permit.mac);
  return permit;
}

function permitFields({ tenant, name, patterns, updatedAtMs, updatedBy }: PermitFields): readonly CanonicalField[] {
  return [tenant, name, patterns, updatedAtMs, updatedBy];
}

/** Those of the rows that are what the service wrote last. The others are reported, and permit nothing. */
export async function intactPermits(
  { keyring, integrity, lastChanges }: Pick<Context, "keyring" | "integrity" | "lastChanges">,
  rows: readonly StoredPermit[],
): Promise<readonly StoredPermit[]> {
  const intact: StoredPermit[] = [];
  for (const row of rows) {
    const { tenant, name } = row;
    if (!verifies(keyring, row)) await integrity.report({ kind: "permit", cause: "edited", tenant, name });
    else if (await lastChanges.isPermitPutBack(row))
      await integrity.report({ kind: "permit", cause: "put-back", tenant, name });
    else intact.push(row);
  }
  return intact;
}

function verifies(keyring: Keyring, row: StoredPermit): boolean {
  try {
    verifyPermit(keyring, row);
    return true;
  } catch (error) {
    if (error instanceof IntegrityError) return false;
    throw error;
  }
}
