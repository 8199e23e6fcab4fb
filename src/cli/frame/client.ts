import { type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import type { AuditService } from "../../../gen/secret/v1/audit_service_pb.ts";
import type { IdentityService } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { KeyService } from "../../../gen/secret/v1/key_service_pb.ts";
import type { LoginService } from "../../../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../limits.ts";
import { readTraceparent } from "../../text/traceparent.ts";
import { waitVisibly } from "../print/progress.ts";
import type { Cli } from "./cli.ts";
import { clientCertificateOf, showCertificate } from "./client-certificate.ts";
import { contextToken } from "./contexts.ts";
import { type Credentials, createCredentials } from "./credentials.ts";
import { rememberFailures } from "./failed-calls.ts";
import { createLazyClient } from "./lazy-client.ts";
import { agentFor, isLoopback, proxyFor } from "./proxy.ts";

/** The generated clients of the service. */
export interface Service {
  readonly secrets: Client<typeof SecretService>;
  readonly identity: Client<typeof IdentityService>;
  readonly audit: Client<typeof AuditService>;
  readonly keys: Client<typeof KeyService>;
  readonly logins: Client<typeof LoginService>;
  /** Undefined when no token is sent. */
  readonly credentials: Credentials | undefined;
}

/** Longer than any call takes. A call that hangs must not hang a pipeline. */
const timeoutMs = 60_000;

/**
 * With the token, or with the certificate of OO_CLIENT_CERT when there is no token in the environment or a file.
 * @throws CliError when there is neither, or what is given cannot be one.
 */
export function connect(cli: Cli, url: string, tokenFile: string | undefined): Service {
  // A certificate that is set counts more than a token that is remembered.
  const isByCertificate = tokenFile === undefined && !cli.env.OO_TOKEN && clientCertificateOf(cli, url) !== undefined;
  if (isByCertificate) return createService(cli, url, [], undefined);
  const credentials = createCredentials(cli, tokenFile, () => contextToken(cli, url));
  const authorize: Interceptor = (next) => (request) => {
    // A call that must know which token it sends has set it.
    if (!request.header.has("authorization")) request.header.set("authorization", `Bearer ${credentials.latest()}`);
    return next(request);
  };
  warnOfPlainText(cli, url);
  return createService(cli, url, [authorize], credentials);
}

const warned = new WeakSet<Cli["output"]>();

function warnOfPlainText({ output }: Cli, url: string): void {
  if (!url.startsWith("http://") || isLoopback(url) || warned.has(output)) return;
  warned.add(output);
  output.warning(`the token and all values go to ${new URL(url).host} unencrypted: use https://`);
}

/** With this token, whatever the environment says. */
export function connectWith(cli: Cli, url: string, token: string): Service {
  const authorize: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  warnOfPlainText(cli, url);
  return createService(cli, url, [authorize], undefined);
}

/** For the few calls that need no token. */
export function connectWithoutToken(cli: Cli, url: string): Service {
  return createService(cli, url, [], undefined);
}

/** A call that takes long must not look as if nothing happened. A stream is meant to wait. */
function showWaiting({ output }: Cli): Interceptor {
  return (next) => (request) => (request.stream ? next(request) : waitVisibly(output, () => next(request)));
}

/** In a pipeline with tracing, the calls are part of its trace. A malformed variable is ignored, as it is by others. */
function sendTrace({ TRACEPARENT: traceparent }: Cli["env"]): Interceptor[] {
  if (traceparent === undefined || readTraceparent(traceparent) === undefined) return [];
  return [
    (next) => (request) => {
      request.header.set("traceparent", traceparent);
      return next(request);
    },
  ];
}

function createService(
  cli: Cli,
  url: string,
  interceptors: Interceptor[],
  credentials: Credentials | undefined,
): Service {
  const proxy = proxyFor(url, cli.env);
  const agent = agentFor(url, cli.env);
  const nodeOptions = showCertificate(clientCertificateOf(cli, url));
  if (agent !== undefined) Object.assign(nodeOptions, { agent });
  const transport = createConnectTransport({
    baseUrl: url,
    httpVersion: "1.1",
    interceptors: [showWaiting(cli), rememberFailures(proxy), ...sendTrace(cli.env), ...interceptors],
    nodeOptions,
    acceptCompression: [],
    readMaxBytes: 4 * limits.answerBytes,
    defaultTimeoutMs: timeoutMs,
  });
  return {
    secrets: createClient(SecretService, transport),
    identity: createLazyClient(transport, async () => {
      return (await import("../../../gen/secret/v1/identity_service_pb.ts")).IdentityService;
    }),
    audit: createLazyClient(
      transport,
      async () => (await import("../../../gen/secret/v1/audit_service_pb.ts")).AuditService,
      ["verifyAudit"],
    ),
    keys: createLazyClient(
      transport,
      async () => (await import("../../../gen/secret/v1/key_service_pb.ts")).KeyService,
      ["rotateKeys"],
    ),
    logins: createLazyClient(transport, async () => {
      return (await import("../../../gen/secret/v1/login_service_pb.ts")).LoginService;
    }),
    credentials,
  };
}
