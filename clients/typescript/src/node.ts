import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createConnectTransport, createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { activeTrace } from "./active-trace.ts";
import { defaultTimeoutMs, maxAnswerBytes } from "./calls.ts";
import { ServiceClient } from "./client.ts";
import { clientCertificate } from "./client-certificate.ts";
import { SealingKey } from "./exports.ts";
import { type CallHeaders, withHeaders } from "./more-headers.ts";
import { checkTimeout, checkToken, checkUrl } from "./settings.ts";

export * from "./exports.ts";

const defaultUrl = "http://127.0.0.1:11337";
/** After this long without use, a ping checks whether the connection still works. */
const pingIntervalMs = 30_000;

/** How a client connects. */
export interface ClientOptions {
  /** A file that holds the token; it is read again before each call, and when the token of a watch ends. */
  readonly tokenFile?: string | undefined;
  /** PEM file with the certificate authorities to trust, and no others. */
  readonly caFile?: string | undefined;
  /** Milliseconds that a call may take, including its retries; in a list, each page. 10 seconds unless set. */
  readonly timeoutMs?: number | undefined;
  /** Called before each try for more headers to send, such as `x-request-id`. It must not throw. */
  readonly headers?: (() => CallHeaders) | undefined;
  /** Defaults to `grpc`. Both use HTTP/2. */
  readonly protocol?: "grpc" | "connect" | undefined;
}

/**
 * Calls the service. One is enough for a program, and does not keep it from ending. Calls are part of the active trace
 * if the program has `@opentelemetry/api` and an SDK.
 */
export class SecretClient extends ServiceClient {
  /**
   * @param url `http://HOST:PORT` or `https://HOST:PORT`; defaults to `OO_URL`, then `http://127.0.0.1:11337`. Without
   * https
   *   the token and the values are readable on the network.
   * @param token defaults to `OO_TOKEN`. None is needed with `OO_CLIENT_CERT` and `OO_CLIENT_KEY`, files with a client
   *   certificate and its key, which are read again for each connection.
   * @throws TypeError one of them cannot be used; Error a file cannot be read. It does not connect yet.
   */
  constructor(url?: string | undefined, token?: string | undefined, options: ClientOptions = {}) {
    const { tokenFile, caFile, timeoutMs = defaultTimeoutMs, protocol = "grpc", headers } = options;
    const name = checkUrl(url || process.env.OO_URL || defaultUrl);
    if (caFile !== undefined && !name.startsWith("https:")) {
      throw new TypeError("certificate authorities are of no use without https");
    }
    const certificate = clientCertificate(name);
    const tls = {
      ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
      // Asked for by each connection.
      get cert() {
        return certificate?.renewed().cert;
      },
      get key() {
        return certificate?.last().key;
      },
    };
    const sessionManager = new Http2SessionManager(name, { pingIntervalMs }, tls);
    const common = { baseUrl: name, sessionManager, readMaxBytes: maxAnswerBytes };
    const transport =
      protocol === "grpc" ? createGrpcTransport(common) : createConnectTransport({ ...common, httpVersion: "2" });
    const more = async () => ({ ...(await activeTrace()), ...headers?.() });
    super({
      transport: withHeaders(transport, more),
      token: tokenSource(token, tokenFile, certificate !== undefined),
      mayTokenChange: tokenFile !== undefined,
      timeoutMs: checkTimeout(timeoutMs),
      name,
      close: () => sessionManager.abort(),
    });
  }
}

/** Reads the file that `oo secret sealing-key` prints. Throws TypeError when it is not one. */
export async function readSealingKey(path: string): Promise<SealingKey> {
  return SealingKey.parse(await readFile(path, "utf8"));
}

/** "" for a client that shows a certificate in place of a token. */
function tokenSource(
  token: string | undefined,
  file: string | undefined,
  hasCertificate: boolean,
): () => string | Promise<string> {
  if (token && file !== undefined) throw new TypeError("give a token or a token file, not both");
  if (file !== undefined) return async () => checkToken((await readFile(file, "latin1")).trim(), "the token file");
  const text = token || process.env.OO_TOKEN;
  if (!text && hasCertificate) return () => "";
  if (!text) throw new TypeError("there is no token: give one, or a token file, or set OO_TOKEN");
  const checked = checkToken(text, token ? "the token" : "OO_TOKEN");
  return () => checked;
}
