import { isDeepStrictEqual } from "node:util";
import { isOpenToEveryone } from "../files/open-to-others.ts";
import { readBounded, whyUnreadable } from "../files/read-bounded.ts";
import { findReserved, type Issuer } from "../jwt/issuer.ts";
import { IssuerFileError } from "../jwt/issuer-fields.ts";
import { createKeySet } from "../jwt/jwks.ts";
import { type ProvenCaller, type Refusal, type TrustedIssuer, verifyJwt } from "../jwt/jwt.ts";
import { loadKeys } from "../jwt/load-jwks.ts";
import type { LoginProvider } from "../jwt/login-provider.ts";
import { readIssuers } from "../jwt/read-issuers.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { loadUsers } from "./directory.ts";

/** The issuers whose tokens are accepted. */
export interface Trust {
  /** Those of now: `reload` may change them. */
  readonly issuers: readonly Issuer[];
  /** Where people log in. */
  readonly providers: readonly LoginProvider[];
  verifyJwt(token: string): Promise<ProvenCaller | Refusal>;
  /**
   * Reads the file again and checks it. Returns what puts it in use, or undefined when it is as before. Callers that
   * were accepted until now have to be forgotten then. Throws `IssuerFileError`.
   */
  reload(): Promise<(() => void) | undefined>;
}

/**
 * Reads the file of issuers and checks that their names are free. Keys are loaded when they are needed: an issuer that
 * is down must not prevent the service from starting. `onFailure` gets each failure to load the keys of an issuer.
 * `mustBeClosed`: the secret of a client must not be in a file that every user of the machine may read. Throws
 * `IssuerFileError`.
 */
export async function openTrust(
  context: Pick<Context, "store" | "keyring" | "integrity" | "lastChanges" | "now">,
  path: string,
  onFailure: (issuer: Issuer, error: unknown) => void,
  mustBeClosed = true,
): Promise<Trust> {
  const { now } = context;
  let current = await read([], []);

  /** An issuer that did not change keeps its keys: it may be down now. */
  async function read(before: readonly TrustedIssuer[], providersBefore: readonly LoginProvider[]) {
    const text = readText(path);
    const { issuers, providers } = readIssuers(text, path, (file) => readClientSecret(file, mustBeClosed));
    await checkNames(context, issuers);
    const trusted = issuers.map(
      (issuer) => before.find((each) => isDeepStrictEqual(each.issuer, issuer)) ?? trustIssuer(issuer),
    );
    const known = providers.map(
      (provider) => providersBefore.find((each) => isDeepStrictEqual(each, provider)) ?? provider,
    );
    return { text, issuers, trusted, providers: known };
  }

  function trustIssuer(issuer: Issuer): TrustedIssuer {
    const keys = createKeySet({
      load: () => loadKeys(issuer.keys),
      now,
      maxAgeMs: issuer.keysMaxAgeMs,
      onFailure: (error) => onFailure(issuer, error),
    });
    return { issuer, keys };
  }

  return {
    get issuers() {
      return current.issuers;
    },
    get providers() {
      return current.providers;
    },
    verifyJwt: (token) => verifyJwt({ issuers: current.trusted, now }, token),
    async reload() {
      const next = await read(current.trusted, current.providers);
      // The secret of a client is in a file of its own.
      if (next.text === current.text && isDeepStrictEqual(next.providers, current.providers)) return undefined;
      return () => {
        current = next;
      };
    },
  };
}

function readText(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readBounded(path, { maxBytes: limits.issuersFileBytes }));
  } catch (error) {
    if (error instanceof TypeError) throw new IssuerFileError("is not valid UTF-8");
    throw new IssuerFileError(`cannot be read (${whyUnreadable(error)})`);
  }
}

/** A client secret, without the line break at its end. */
function readClientSecret(file: string, mustBeClosed: boolean): string {
  try {
    const text = readBounded(file, { maxBytes: limits.clientSecretBytes })
      .toString()
      .replace(/\r?\n$/, "");
    if (mustBeClosed && isOpenToEveryone(file)) {
      throw new IssuerFileError(`the client secret ${file} may be read or written by every user of the machine`);
    }
    return text;
  } catch (error) {
    if (error instanceof IssuerFileError) throw error;
    throw new IssuerFileError(`the client secret ${file} cannot be read (${whyUnreadable(error)})`);
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
