/**
 * For browsers and other environments with `fetch`. The service must allow the origin of the page:
 * `SECRET_SVC_CORS_ORIGINS`.
 */
import { createConnectTransport } from "@connectrpc/connect-web";
import { defaultTimeoutMs } from "./calls.ts";
import { ServiceClient } from "./client.ts";
import { type CallHeaders, withHeaders } from "./more-headers.ts";
import { checkTimeout, checkToken, checkUrl } from "./settings.ts";

export * from "./exports.ts";

/** How a client connects. */
export interface ClientOptions {
  /** Milliseconds that a call may take, including its retries; in a list, each page. 10 seconds unless set. */
  readonly timeoutMs?: number | undefined;
  /** Called before each try for more headers to send, such as `traceparent`. It must not throw. */
  readonly headers?: (() => CallHeaders) | undefined;
}

/** Calls the service over Connect, with `fetch`. One is enough for a page. */
export class SecretClient extends ServiceClient {
  /**
   * @param url `http://HOST:PORT` or `https://HOST:PORT`. Without https the token and the values are readable on the
   * network.
   * @param token the token, or a function that is called for it before each call, and when the token of a watch ends.
   * @throws TypeError one of them cannot be used. It does not connect yet.
   */
  constructor(url: string, token: string | (() => string | Promise<string>), options: ClientOptions = {}) {
    const name = checkUrl(url);
    const checked = typeof token === "function" ? undefined : checkToken(token, "the token");
    const ask = typeof token === "function" ? token : () => checked ?? "";
    const transport = createConnectTransport({
      baseUrl: name,
      // What cannot be parsed as JSON would be quoted in the error.
      useBinaryFormat: true,
      // Sends no cookie of another login at the same host, and leaves no response in a cache.
      fetch: (input, init) => fetch(input, { ...init, credentials: "omit", cache: "no-store", redirect: "error" }),
    });
    super({
      transport: options.headers === undefined ? transport : withHeaders(transport, options.headers),
      token: async () => checkToken(await ask(), "the function for the token"),
      mayTokenChange: checked === undefined,
      timeoutMs: checkTimeout(options.timeoutMs ?? defaultTimeoutMs),
      name,
      close: () => undefined,
    });
  }
}
