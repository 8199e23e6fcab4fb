import { readFileSync } from "node:fs";
import { findReserved, type Issuer } from "../jwt/issuer.ts";
import { IssuerFileError } from "../jwt/issuer-fields.ts";
import { createKeySet } from "../jwt/jwks.ts";
import { type ProvenCaller, type Refusal, type TrustedIssuer, verifyJwt } from "../jwt/jwt.ts";
import { loadKeys } from "../jwt/load-jwks.ts";
import { readIssuers } from "../jwt/read-issuers.ts";
import type { Context } from "../rules/context.ts";
import { loadUsers } from "./directory.ts";

/** The issuers whose tokens are accepted. */
export interface Trust {
  readonly issuers: readonly Issuer[];
  verifyJwt(token: string): Promise<ProvenCaller | Refusal>;
}

/**
 * Reads the file of issuers and checks that their names are free. Keys are loaded when they are needed: an issuer that
 * is down must not prevent the service from starting. `onFailure` gets each failure to load the keys of an issuer.
 * Throws `IssuerFileError`.
 */
export async function openTrust(
  context: Pick<Context, "store" | "keyring" | "integrity" | "lastChanges" | "now">,
  path: string,
  onFailure: (issuer: Issuer, error: unknown) => void,
): Promise<Trust> {
  const issuers = readIssuers(readText(path), path);
  await checkNames(context, issuers);
  const { now } = context;
  const trusted = issuers.map((issuer): TrustedIssuer => {
    const keys = createKeySet({
      load: () => loadKeys(issuer.keys),
      now,
      maxAgeMs: issuer.keysMaxAgeMs,
      onFailure: (error) => onFailure(issuer, error),
    });
    return { issuer, keys };
  });
  return { issuers, verifyJwt: (token) => verifyJwt({ issuers: trusted, now }, token) };
}

function readText(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new IssuerFileError(`cannot be read (${code})`);
  }
}

/**
 * Access lists may also name removed users, so their names are not free either. A row that does not verify is reported,
 * and does not keep the service from starting.
 */
async function checkNames(
  context: Pick<Context, "store" | "keyring" | "integrity" | "lastChanges">,
  issuers: readonly Issuer[],
): Promise<void> {
  for (const tenant of new Set(issuers.flatMap(({ tenants }) => tenants))) {
    for (const user of (await loadUsers(context, tenant)).users.values()) {
      const found = findReserved(issuers, user);
      if (found === undefined) continue;
      const { name, issuer } = found;
      throw new IssuerFileError(
        `the prefix ${issuer.prefix} cannot be used: ${name} is or was a user or role of tenant ${tenant}`,
      );
    }
  }
}
