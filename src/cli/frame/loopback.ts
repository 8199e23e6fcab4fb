import http from "node:http";
import type { AddressInfo } from "node:net";

/** What a browser brought to the port. */
export type Brought = { readonly code: string } | { readonly isDenied: true };

/** A port of this machine at which a browser brings the code of a login. */
export interface Loopback {
  readonly port: number;
  /**
   * The next thing that a browser brings. Any page on this machine may bring something, so it may be wrong. Undefined
   * once the time is over.
   */
  next(untilMs: number): Promise<Brought | undefined>;
  close(): void;
}

const page = (text: string) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>oo</title><body style="font:16px system-ui;margin:4em auto;max-width:30em;padding:0 1em">
<p>${text}</p></body></html>
`;

const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  connection: "close",
};

const codeForm = /^[A-Za-z0-9_-]{43}$/;

/** Listens on 127.0.0.1 only, at any free port. */
export async function listenOnLoopback(): Promise<Loopback> {
  const brought: Brought[] = [];
  let wake = () => {};
  const server = http.createServer((request, response) => {
    const found = readAnswer(request);
    if (found === undefined) {
      response.writeHead(404, headers).end(page("There is nothing here."));
      return;
    }
    brought.push(found);
    const text = "code" in found ? "You are logged in. You can close this tab." : "Nothing was logged in.";
    response.writeHead(200, headers).end(page(text));
    wake();
  });
  server.maxHeadersCount = 100;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async next(untilMs) {
      const leftMs = untilMs - performance.now();
      if (brought.length === 0 && leftMs > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, leftMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return brought.shift();
    },
    close() {
      server.close();
      server.closeIdleConnections();
    },
  };
}

function readAnswer({ method, url = "", headers: { host } }: http.IncomingMessage): Brought | undefined {
  if (method !== "GET" || !/^127\.0\.0\.1:\d+$/.test(host ?? "") || !url.startsWith("/?")) return undefined;
  const query = new URLSearchParams(url.slice(2));
  if (query.get("error") !== null) return { isDenied: true };
  const code = query.get("code") ?? "";
  return codeForm.test(code) ? { code } : undefined;
}
