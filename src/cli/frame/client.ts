import { type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { AuditService } from "../../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../../gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "../../../gen/secret/v1/key_service_pb.ts";
import { SecretService } from "../../../gen/secret/v1/secret_service_pb.ts";
import { readBounded, whyUnreadable } from "../../files/read-bounded.ts";
import { limits } from "../../limits.ts";
import type { Cli } from "./cli.ts";
import { CliError, usageError } from "./errors.ts";
import { tokenHint } from "./service-error.ts";

/** The generated clients of the service. */
export interface Service {
  readonly secrets: Client<typeof SecretService>;
  readonly identity: Client<typeof IdentityService>;
  readonly audit: Client<typeof AuditService>;
  readonly keys: Client<typeof KeyService>;
}

/** Longer than any call takes. A call that hangs must not hang a pipeline. */
const timeoutMs = 60_000;
/** The longest token, and room for blank lines. */
const tokenFileBytes = 64 * 1024;
const visibleAscii = /^[\x21-\x7e]+$/;

/** @throws CliError when there is no token, or what is given cannot be one. */
export function connect(cli: Cli, url: string, tokenFile: string | undefined): Service {
  const token = findToken(cli, tokenFile);
  const authorize: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  return createService(url, [authorize]);
}

/** For the few calls that need no token. */
export function connectWithoutToken(url: string): Service {
  return createService(url, []);
}

function createService(url: string, interceptors: Interceptor[]): Service {
  const transport = createConnectTransport({
    baseUrl: url,
    httpVersion: "1.1",
    interceptors,
    acceptCompression: [],
    readMaxBytes: 4 * limits.answerBytes,
    defaultTimeoutMs: timeoutMs,
  });
  return {
    secrets: createClient(SecretService, transport),
    identity: createClient(IdentityService, transport),
    audit: createClient(AuditService, transport),
    keys: createClient(KeyService, transport),
  };
}

function findToken(cli: Cli, tokenFile: string | undefined): string {
  const source = tokenFile === undefined ? "OO_TOKEN" : "the token file";
  const token = tokenFile === undefined ? (cli.env.OO_TOKEN ?? "") : readTokenFile(tokenFile);
  if (token === "")
    throw new CliError(tokenFile === undefined ? "OO_TOKEN is not set" : `${source} is empty`, [tokenHint]);
  if (token.length > limits.tokenBytes || !visibleAscii.test(token)) {
    throw new CliError(`${source} does not hold a token`, ["a token is one line without spaces, such as oo_…"]);
  }
  return token;
}

function readTokenFile(file: string): string {
  try {
    return readBounded(file, { maxBytes: tokenFileBytes, pipe: "wait" }).toString().trim();
  } catch (error) {
    throw usageError(`cannot read the token file ${file}: ${whyUnreadable(error)}`);
  }
}
