import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, openBrowser } from "../support/browser/chromium.ts";
import type { Protocol, Seen } from "../support/browser/page.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("a page in Chromium, with connect-web (needs chromium on the PATH)", () => {
  let pages: http.Server;
  let port: number;
  let service: ServerProcess;
  let closed: ServerProcess;
  let browser: Browser;

  beforeAll(async () => {
    pages = await servePage();
    ({ port } = pages.address() as AddressInfo);
    const env = { SECRET_SVC_CORS_ORIGINS: `http://127.0.0.1:${port}` };
    [service, closed, browser] = await Promise.all([
      startServer({ env }),
      startServer(),
      openBrowser(executable ?? ""),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([service?.stop(), closed?.stop()]);
    pages?.close();
  });

  /** Calls a function of `page.ts` in a page of an origin, on one of the services. */
  async function inPage<T>(host: string, name: string, ...args: unknown[]): Promise<T> {
    const page = await browser.newPage();
    try {
      await page.goto(`http://${host}:${port}/`);
      return await page.evaluate<T>(`page.${name}(...${JSON.stringify(args)})`);
    } finally {
      await page.close();
    }
  }

  test.each<Protocol>(["connect-json", "connect-binary", "grpc-web"])(
    "of an allowed origin saves, watches, reads and sees refusals with %s",
    async (protocol) => {
      const seen = await inPage<Seen>("127.0.0.1", "useSecrets", protocol, service.url, service.adminToken);
      expect(seen).toEqual({
        value: protocol,
        watched: `1 browser/${protocol}`,
        refusal: { code: "InvalidArgument", reason: "INVALID_FIELD" },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    },
  );

  test("threat 35: of an allowed origin uses the paths for scripts, but not with the browser's own credentials", async () => {
    const seen = await inPage("127.0.0.1", "useRest", service.url, service.adminToken);
    expect(seen).toEqual(["200", "200", "200", "200", "TypeError: Failed to fetch"]);
  });

  test("threat 35: of another origin gets no answer, and saves nothing", async () => {
    const nothing = Array(5).fill("TypeError: Failed to fetch");
    const before = await changedKeys(service);
    expect(await inPage("localhost", "useRest", service.url, service.adminToken)).toEqual(nothing);
    expect(await changedKeys(service)).toEqual(before);
    expect(await inPage("127.0.0.1", "useRest", closed.url, closed.adminToken)).toEqual(nothing);
    expect(await changedKeys(closed)).toEqual([]);
  });
});

/** Keys of secrets that the audit log of a service names. */
async function changedKeys({ url, adminToken }: ServerProcess): Promise<string[]> {
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  const response = await fetch(`${url}/secret-svc/audit`, { method: "POST", headers, body: "{}" });
  const { events } = (await response.json()) as { events: { action: string; key: string }[] };
  return events.filter(({ action }) => action.startsWith("secret.")).map(({ key }) => key);
}

/** A server of one page, with `page.ts` as its script. */
async function servePage(): Promise<http.Server> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../support/browser/page.ts")],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "page",
  });
  const html = `<!doctype html><meta charset="utf-8"><script>${outputFiles[0]?.text.replaceAll("</script", "<\\/script")}</script>`;
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
