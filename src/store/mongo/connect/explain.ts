import {
  type Document,
  type MongoClient,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from "mongodb";
import { StoreError } from "../../store-error.ts";
import { toStoreError } from "./failure.ts";

/** What each server last said about itself, and why others could not be asked. */
export interface SeenServers {
  readonly hellos: ReadonlyMap<string, Document>;
  readonly failures: ReadonlyMap<string, Error>;
}

/**
 * Starts to listen. Must be called before the client connects. The driver itself drops what it knows of a server that
 * is not of the replica set.
 */
export function watchServers(client: MongoClient): SeenServers {
  const hellos = new Map<string, Document>();
  const failures = new Map<string, Error>();
  client.on("serverHeartbeatSucceeded", ({ connectionId, reply }) => hellos.set(connectionId, reply));
  client.on("serverHeartbeatFailed", ({ connectionId, failure }) => failures.set(connectionId, failure));
  return { hellos, failures };
}

const notFound = ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NONAME", "EAI_NODATA", "ENODATA", "ESERVFAIL", "EREFUSED"];
const noRoute = ["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"];
const untrusted = [
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "INVALID_CA",
  "CERT_UNTRUSTED",
];
const untimely = ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"];
const authenticationFailed = 18;
const unauthorized = 13;

/** Why the database cannot be used, and what to do, as a `StoreError`. */
export function explain(error: unknown, client: MongoClient, servers: SeenServers): StoreError {
  if (error instanceof StoreError) return error;
  const { srvHost, hosts } = client.options;
  const where = srvHost ?? hosts.map(String).join(", ");
  const reason = reasonOf([error, ...servers.failures.values()], client);
  const message = reason?.(where) ?? (isAboutServers(error) ? unfit(where, client, servers) : undefined);
  return toStoreError("unavailable", message ?? `MongoDB cannot be used at ${where}`, error);
}

type Describe = (where: string) => string;

function reasonOf(errors: readonly unknown[], client: MongoClient): Describe | undefined {
  const chain = errors.flatMap((each) => chainOf(each));
  const codes = chain.flatMap((each) => ("code" in each && typeof each.code === "string" ? [each.code] : []));
  const find = (list: readonly string[]) => codes.find((code) => list.includes(code));
  const serverCodes = chain.flatMap((each) => (each instanceof MongoServerError ? [each.code] : []));
  if (serverCodes.includes(authenticationFailed) || serverCodes.includes(unauthorized)) {
    return (where) =>
      `MongoDB at ${where} rejects the user name or the password in the address; percent-encode special characters, ` +
      "and name the user's database with authSource";
  }
  const code = find([...notFound, ...noRoute, ...untrusted, ...untimely]) ?? codes[0];
  if (code === undefined) return isClosed(chain) && !client.options.tls ? mayNeedTls : undefined;
  if (notFound.includes(code)) {
    return (where) =>
      `the host name of MongoDB cannot be looked up: ${where} (${code}); check the name, and the DNS of this machine`;
  }
  if (code === "ECONNREFUSED") {
    return (where) =>
      `MongoDB cannot be reached at ${where}: the connection is refused (${code}); start MongoDB there, or correct the ` +
      "host and the port in the address";
  }
  if (noRoute.includes(code)) {
    return (where) => `MongoDB cannot be reached at ${where} (${code}); check the address, the network and firewalls`;
  }
  if (untrusted.includes(code)) {
    return (where) =>
      `the certificate of MongoDB at ${where} is not from an authority that is trusted (${code}); name the file of that ` +
      "authority with tlsCAFile in the address";
  }
  if (untimely.includes(code)) {
    return (where) =>
      `the certificate of MongoDB at ${where} has expired or is not valid yet (${code}); renew it, or correct the clock`;
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return (where) =>
      `the certificate of MongoDB at ${where} is for another host name (${code}); write a name into the address that is ` +
      "in the certificate";
  }
  if (/ALERT/.test(code)) {
    return (where) =>
      `MongoDB at ${where} refuses the TLS handshake (${code}); where it asks for a certificate, name one with ` +
      "tlsCertificateKeyFile in the address";
  }
  if (client.options.tls && /^ERR_SSL|^EPROTO$|^ECONNRESET$/.test(code)) {
    return (where) =>
      `MongoDB at ${where} does not answer with TLS (${code}); turn TLS on there, or remove tls=true from the address`;
  }
  return isClosed(chain) || code === "ECONNRESET" || code === "EPIPE" ? mayNeedTls : undefined;
}

function mayNeedTls(where: string): string {
  return `MongoDB at ${where} ends each connection without an answer; where it requires TLS, add tls=true to the address`;
}

function isClosed(chain: readonly Error[]): boolean {
  return chain.some((each) => each instanceof MongoNetworkError && /\bclosed\b/.test(each.message));
}

/** The error, its causes, and the errors in it. */
function chainOf(error: unknown, depth = 0): readonly Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const inner = error instanceof AggregateError ? error.errors : [];
  return [error, ...[error.cause, ...inner].flatMap((each) => chainOf(each, depth + 1))];
}

function isAboutServers(error: unknown): boolean {
  return error instanceof MongoServerSelectionError;
}

/** Servers answer, and none of them is the one that is needed; or none answers at all. */
function unfit(where: string, client: MongoClient, servers: SeenServers): string {
  const { replicaSet } = client.options;
  const hellos = [...servers.hellos.values()];
  const names = hellos.flatMap(({ setName }) => (typeof setName === "string" ? [setName] : []));
  // What a member says that was started with --replSet, and does not know its set.
  if (hellos.some(({ isreplicaset }) => isreplicaset === true)) {
    return `MongoDB at ${where} is not a member of a replica set yet; call rs.initiate() there, or add it to its set`;
  }
  if (hellos.length > 0 && names.length === 0) {
    return (
      `MongoDB at ${where} runs as a standalone server, which has no transactions; start it with --replSet and call ` +
      "rs.initiate(): a replica set may have a single member"
    );
  }
  if (replicaSet !== undefined && names.length > 0 && !names.includes(replicaSet)) {
    return `MongoDB at ${where} is of the replica set '${names[0]}', not of '${replicaSet}'; correct replicaSet in the address`;
  }
  if (hellos.length > 0) {
    return `MongoDB at ${where} has no primary now; rs.status() shows which members can be reached`;
  }
  return `MongoDB cannot be reached at ${where}: it does not answer; check the address, the network and firewalls`;
}
