import type { CertificateNames } from "../crypto/certificate-extensions.ts";
import type { Authorities, PeerCertificate } from "../crypto/peer-certificate.ts";
import { limits } from "../limits.ts";
import { certificateTokenId } from "../rules/caller.ts";
import { claimsOf, namesOf } from "./certificate-claims.ts";
import { isForClients, isStrong, isTimely, pathTo } from "./certificate-path.ts";
import type { ClientEntry } from "./client-entry.ts";
import { principalOf } from "./issuer.ts";
import type { ProvenCaller, Refusal } from "./jwt.ts";
import { trustDomainOf } from "./spiffe-id.ts";

export interface TrustedClients {
  readonly entry: ClientEntry;
  /** Undefined when none are trusted now. */
  readonly authorities: Authorities | undefined;
}

/**
 * The caller of a connection whose client has shown a certificate. TLS has checked that the client has its private key.
 * To be asked again while the connection is open: certificates end, and authorities are withdrawn.
 */
export function verifyCertificate(
  trusted: readonly TrustedClients[],
  peer: PeerCertificate,
  nowMs: number,
): ProvenCaller | Refusal {
  const { leaf } = peer;
  if (nowMs >= leaf.validToDate.getTime()) return problems.ended;
  if (!isTimely(leaf, nowMs)) return problems.early;
  if (!isForClients(leaf)) return problems.purpose;
  if (leaf.ca || !isStrong(leaf)) return problems.kind;
  if (!peer.isAuthorized) return problems.stranger;
  const names = readNames(peer);
  // Such a name stands for many hosts, and a caller is one.
  if (names === undefined || names.dns.some((name) => name.includes("*"))) return problems.names;
  const found = trusted.flatMap((each) => {
    const outcome = outcomeOf(each, peer, names, nowMs);
    return outcome === undefined ? [] : [outcome];
  });
  const proven = found.filter((outcome) => "caller" in outcome);
  // For a certificate that fits two entries, it is not clear which of them counts.
  if (proven.length > 1) return problems.several;
  return proven[0] ?? found[0] ?? problems.stranger;
}

const problems = {
  ended: { problem: "the client certificate has ended; connect again with a new one" },
  early: { problem: "the client certificate is not valid yet" },
  purpose: { problem: "the client certificate is not for clients: it needs the extended key usage clientAuth" },
  kind: { problem: "the client certificate is one of an authority, or its key or signature is too weak" },
  stranger: { problem: "the client certificate is not from an authority that this service accepts now" },
  names: { problem: "the client certificate has a name that cannot be read, or one with '*'" },
  lifetime: { problem: "the client certificate is valid for longer than this service accepts" },
  unfit: { problem: "the names of the client certificate do not match what this service accepts" },
  several: { problem: "the client certificate fits several entries of the file of issuers" },
} as const satisfies Record<string, Refusal>;

function readNames({ leaf }: PeerCertificate): CertificateNames | undefined {
  try {
    return namesOf(leaf);
  } catch {
    return undefined;
  }
}

/** Undefined when the certificate does not come from an authority of the entry. */
function outcomeOf(
  { entry, authorities }: TrustedClients,
  peer: PeerCertificate,
  names: CertificateNames,
  nowMs: number,
): ProvenCaller | Refusal | undefined {
  const path = authorities && findPath(peer, authorities, nowMs);
  if (path === undefined) return undefined;
  const { leaf } = peer;
  if (leaf.validToDate.getTime() - leaf.validFromDate.getTime() > entry.maxLifetimeMs) return problems.lifetime;
  if (entry.trustDomain !== undefined && !isSvid(names, entry.trustDomain)) return problems.unfit;
  const principal = principalOf(entry, claimsOf(leaf, names));
  if (principal === undefined) return problems.unfit;
  if ("roleCount" in principal) {
    const { roleCount } = principal;
    return { problem: `the certificate makes ${roleCount} roles, and a caller has at most ${limits.listEntries}` };
  }
  const endMs = Math.min(...[leaf, ...path].map(({ validToDate }) => validToDate.getTime()));
  return { caller: { ...principal, tokenId: certificateTokenId(entry.prefix), tokenExpireAtMs: endMs }, endMs };
}

function findPath(peer: PeerCertificate, authorities: Authorities, nowMs: number) {
  try {
    return pathTo(peer, authorities, nowMs);
  } catch {
    // An authority that cannot be read, or a key of a kind that is not known.
    return undefined;
  }
}

/** An X.509-SVID has its SPIFFE ID as its one URI. */
function isSvid({ uri }: CertificateNames, trustDomain: string): boolean {
  const [id = "", ...others] = uri;
  return others.length === 0 && trustDomainOf(id) === trustDomain;
}
