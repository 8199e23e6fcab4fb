import { isDeepStrictEqual } from "node:util";
import { type Authorities, authoritiesOf, type PeerCertificate } from "../crypto/peer-certificate.ts";
import { isOpenToEveryone } from "../files/open-to-others.ts";
import { readBounded, whyUnreadable } from "../files/read-bounded.ts";
import { type ClientAuthorities, openClientAuthorities } from "../jwt/client-authorities.ts";
import type { ClientEntry } from "../jwt/client-entry.ts";
import { findReserved, type Issuer, type PrincipalRules } from "../jwt/issuer.ts";
import { IssuerFileError } from "../jwt/issuer-fields.ts";
import { createKeySet } from "../jwt/jwks.ts";
import { type ProvenCaller, type Refusal, type TrustedIssuer, verifyJwt } from "../jwt/jwt.ts";
import { loadKeys } from "../jwt/load-jwks.ts";
import type { LoginProvider } from "../jwt/login-provider.ts";
import { readIssuers } from "../jwt/read-issuers.ts";
import { jwtKeysOf } from "../jwt/spiffe-bundle.ts";
import { verifyCertificate } from "../jwt/verify-certificate.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { loadUsers } from "./directory.ts";

/** The issuers whose tokens are accepted, and the authorities whose certificates are. */
export interface Trust {
  /** Whose names are reserved. Those of now: `reload` may change them. */
  readonly issuers: readonly PrincipalRules[];
  /** Where people log in. */
  readonly providers: readonly LoginProvider[];
  /** `certificate`: what the client has shown in TLS, for tokens that are bound to it. */
  verifyJwt(token: string, certificate?: PeerCertificate): Promise<ProvenCaller | Refusal>;
  /** Whose certificates clients may show, of all entries together. Undefined: they are not asked for one. */
  readonly authorities: Authorities | undefined;
  /** Some clients have nothing but a certificate, and would never be let in without TLS. */
  readonly needsTls: boolean;
  verifyCertificate(peer: PeerCertificate): ProvenCaller | Refusal;
  /**
   * Reads the files with authorities again, and uses those that can be used. Returns whether anything changed, and the
   * first `IssuerFileError` of those that cannot.
   */
  reloadAuthorities(): Promise<{ readonly isChanged: boolean; readonly problem: unknown }>;
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
  let current = await read([], [], []);

  /** An issuer that did not change keeps its keys: it may be down now. */
  async function read(
    before: readonly TrustedIssuer[],
    clientsBefore: readonly OpenClients[],
    providersBefore: readonly LoginProvider[],
  ) {
    const text = readText(path);
    const { issuers, clients, providers } = readIssuers(text, path, (file) => readClientSecret(file, mustBeClosed));
    await checkNames(context, [...issuers, ...clients]);
    const trusted = issuers.map(
      (issuer) => before.find((each) => isDeepStrictEqual(each.issuer, issuer)) ?? trustIssuer(issuer),
    );
    const known = providers.map(
      (provider) => providersBefore.find((each) => isDeepStrictEqual(each, provider)) ?? provider,
    );
    const open: OpenClients[] = [];
    for (const entry of clients) {
      const same = clientsBefore.find((each) => isDeepStrictEqual(each.entry, entry));
      open.push(same ?? { entry, authorities: await openClientAuthorities(entry, now) });
    }
    // A client without a certificate may have a token of the same trust domain.
    const needsTls = clients.some(({ prefix }) => !issuers.some((issuer) => issuer.prefix === prefix));
    return { text, issuers: [...issuers, ...clients], trusted, clients: open, needsTls, providers: known };
  }

  function trustIssuer(issuer: Issuer): TrustedIssuer {
    const keys = createKeySet({
      load: async () => {
        const keys = await loadKeys(issuer.keys);
        return issuer.trustDomain === undefined ? keys : jwtKeysOf(keys);
      },
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
    verifyJwt: (token, certificate) => verifyJwt({ issuers: current.trusted, now }, token, certificate),
    get authorities() {
      const { clients } = current;
      if (clients.length === 0) return undefined;
      return authoritiesOf(clients.flatMap(({ authorities }) => authorities.current?.certificates ?? []));
    },
    get needsTls() {
      return current.needsTls;
    },
    verifyCertificate: (peer) => {
      const trusted = current.clients.map(({ entry, authorities }) => ({ entry, authorities: authorities.current }));
      return verifyCertificate(trusted, peer, now());
    },
    reloadAuthorities: () => reloadAll(current.clients),
    async reload() {
      const next = await read(current.trusted, current.clients, current.providers);
      // The secret of a client is in a file of its own.
      if (next.text === current.text && isDeepStrictEqual(next.providers, current.providers)) return undefined;
      return () => {
        current = next;
      };
    },
  };
}

interface OpenClients {
  readonly entry: ClientEntry;
  readonly authorities: ClientAuthorities;
}

/** A file that cannot be used must not keep those of other entries from being used. */
async function reloadAll(clients: readonly OpenClients[]): ReturnType<Trust["reloadAuthorities"]> {
  const outcomes = await Promise.allSettled(clients.map(({ authorities }) => authorities.reload()));
  const uses = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? (outcome.value ?? []) : []));
  for (const use of uses) use();
  const problem: unknown = outcomes.find((outcome) => outcome.status === "rejected")?.reason;
  return { isChanged: uses.length > 0, problem };
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
  issuers: readonly PrincipalRules[],
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
