import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { readBounded } from "../../files/read-bounded.ts";
import { CliError, systemCode, systemReason, usageError } from "../frame/errors.ts";
import { agentFor, isLoopback } from "../frame/proxy.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a server of Vault or OpenBao is, and the path of the secrets in it, with that of the engine. */
export interface VaultAddress {
  readonly origin: string;
  readonly segments: readonly string[];
}

export interface VaultAnswer {
  readonly status: number;
  readonly text: string;
}

/** Reads a path of the API, without `/v1/`. */
export type ReadVault = (segments: readonly string[], query?: string) => Promise<VaultAnswer>;

const answerBytesMax = 8 * 1024 * 1024;
const certificateBytesMax = 1024 * 1024;
/** Without a byte. */
const silenceMs = 30_000;
/** For one answer, however slowly it comes. */
const answerMs = 60_000;
const form = /^(?:vault|openbao)(\+https?)?:\/\/(.+)$/;

/** @throws CliError when the text names no server or no path in it */
export function parseVaultAddress(text: string, env: Environment): VaultAddress {
  const [, scheme, rest = ""] = form.exec(text) ?? [];
  const address = `https://${rest}`;
  if (!URL.canParse(address)) throw usageError("--from must be of the form vault://HOST:PORT/MOUNT/PATH");
  const { pathname, username, password, search, hash } = new URL(address);
  if (username !== "" || password !== "" || search !== "" || hash !== "") {
    throw usageError(
      "the address of Vault must not hold credentials, a query or a fragment",
      "the token is in VAULT_TOKEN",
    );
  }
  const segments = pathname.split("/").filter((segment) => segment !== "");
  if (segments.length === 0) throw usageError("--from must name what to read: vault://HOST:PORT/MOUNT/PATH");
  const isPlain = scheme === "+http" || (scheme === undefined && isLoopback(address) && !env.VAULT_CACERT);
  // Parsed with its own scheme: a port that is usual for another one must stay.
  const { origin } = new URL(`${isPlain ? "http" : "https"}://${rest}`);
  try {
    return { origin, segments: segments.map(decodeURIComponent) };
  } catch {
    throw usageError("the path of --from has a percent sign that no two digits follow");
  }
}

/**
 * A reader of one server, with the token in VAULT_TOKEN. No error holds the token or anything that the server wrote,
 * and no other server gets the token: redirects are not followed.
 * @throws CliError when there is no token, or the certificate in VAULT_CACERT cannot be read
 */
export function openVault(origin: string, env: Environment, longestMs = answerMs): ReadVault {
  const token = env.VAULT_TOKEN ?? "";
  if (token === "") throw new CliError("there is no token for Vault", ["put it into VAULT_TOKEN"]);
  if (!/^[\x21-\x7e]+$/.test(token)) throw new CliError("VAULT_TOKEN holds characters that no token has");
  const namespace = env.VAULT_NAMESPACE ?? "";
  const headers = {
    "x-vault-token": token,
    "x-vault-request": "true",
    ...(namespace === "" ? {} : { "x-vault-namespace": encodeURI(namespace) }),
  };
  const ca = env.VAULT_CACERT ? readCertificate(env.VAULT_CACERT) : undefined;
  const agent = agentFor(origin, env);
  const options = {
    headers,
    timeout: silenceMs,
    ...(ca === undefined ? {} : { ca }),
    ...(agent === undefined ? {} : { agent }),
  };
  return (segments, query = "") => {
    const url = `${origin}/v1/${segments.map(encodeURIComponent).join("/")}${query}`;
    return send(url, options, { origin, longestMs });
  };
}

function readCertificate(file: string): Buffer {
  try {
    return readBounded(file, { maxBytes: certificateBytesMax });
  } catch (error) {
    throw new CliError(`cannot read the certificate in VAULT_CACERT: ${systemReason(error)}`);
  }
}

interface Sending {
  readonly origin: string;
  readonly longestMs: number;
}

function send(url: string, options: object, { origin, longestMs }: Sending): Promise<VaultAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<VaultAnswer>();
  const request = url.startsWith("https:") ? requestTls : requestPlain;
  const sent = request(url, options, (response) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    response.on("data", (part: Buffer) => {
      bytes += part.length;
      parts.push(part);
      if (bytes > answerBytesMax) sent.destroy(new CliError(`${origin} sent more than ${answerBytesMax} bytes`));
    });
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    response.on("error", (error) => reject(describe(error, origin)));
  });
  const stop = (ms: number) => sent.destroy(new CliError(`${origin} did not answer in ${ms / 1000} seconds`));
  const timer = setTimeout(() => stop(longestMs), longestMs);
  sent.on("timeout", () => stop(silenceMs));
  sent.on("close", () => clearTimeout(timer));
  sent.on("error", (error) => reject(describe(error, origin)));
  sent.end();
  return promise;
}

function describe(error: Error, origin: string): CliError {
  if (error instanceof CliError) return error;
  const code = systemCode(error) ?? "";
  const isTrust = /CERT|ISSUER|SIGNATURE|ALTNAME/.test(code);
  const hints = isTrust ? ["the certificate of its CA goes into VAULT_CACERT"] : [];
  return new CliError(`cannot read from ${origin}: ${systemReason(error)}`, hints);
}
