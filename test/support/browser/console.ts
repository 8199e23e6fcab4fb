import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { type CallPath, callerOf, makeScene, type Scene } from "../../../scripts/console/scene.ts";
import { makeCertificate } from "../clients/certificate.ts";
import { callerThrough } from "../programs/behind-proxy.ts";
import { type ServerInProcess, startServerInProcess } from "../server-in-process.ts";
import { type StoreSettings, temporaryStore } from "../store-settings.ts";
import { openBrowser } from "./chromium.ts";

/** A service with a small tenant, and a browser. One for a file of tests. */
export interface ConsoleFixture {
  readonly service: ServerInProcess;
  /** Of the kind that this run of the tests is for. */
  readonly store: StoreSettings;
  readonly call: CallPath;
  readonly scene: Scene;
  readonly browser: Browser;
  /** What the browser refused by the policy of the page, and errors of the page itself. Must stay empty. */
  readonly complaints: string[];
  /** A new profile with the page, signed in with a token unless it is "". */
  open(token?: string, options?: BrowserContextOptions): Promise<Page>;
  /** One more tab of the same profile. */
  openTab(context: BrowserContext, path?: string): Promise<Page>;
  close(): Promise<void>;
}

/** `hasTls`: the service has a certificate, so that browsers use HTTP/2. `settings`: more of the service. */
export async function startConsole(
  executable: string | undefined,
  { hasTls = false, settings = {} }: { readonly hasTls?: boolean; readonly settings?: Record<string, string> } = {},
): Promise<ConsoleFixture> {
  const store = await temporaryStore();
  const folder = mkdtempSync(join(tmpdir(), "console-"));
  const { cert, key } = hasTls ? makeCertificate(folder, "localhost") : { cert: "", key: "" };
  const tls = hasTls ? { SECRET_SVC_TLS_CERT: cert, SECRET_SVC_TLS_KEY: key } : {};
  // The tests of a file sign in more often in a minute than the people of one address.
  const limits = { SECRET_SVC_FAILURES_PER_MINUTE: "off" };
  const env = { ...store.environment, ...tls, ...limits, ...settings };
  const [service, browser] = await Promise.all([startServerInProcess({ env }), openBrowser(executable ?? "")]);
  const { url, adminToken } = service;
  const call = hasTls ? callerThrough({ url, ca: readFileSync(cert) }, adminToken) : callerOf(url, adminToken);
  const scene = await makeScene(call);
  const complaints: string[] = [];
  const openTab = async (context: BrowserContext, path = "") => {
    const page = await context.newPage();
    await noteComplaints(page, complaints);
    await page.goto(`${url}/console/${path}`);
    return page;
  };
  return {
    service,
    store,
    call,
    scene,
    browser,
    complaints,
    openTab,
    async open(token = service.adminToken, options = {}) {
      const context = await openContext(browser, url, options);
      const page = await openTab(context);
      if (token !== "") await signIn(page, token);
      return page;
    },
    async close() {
      await browser.close();
      await service.stop();
      await store.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A new profile that trusts the certificates of tests, in which pages of `url` may use the clipboard. */
export async function openContext(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const viewport = { width: 1440, height: 900 };
  const context = await browser.newContext({ viewport, ignoreHTTPSErrors: true, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
  return context;
}

/** Collects what the browser refuses by the policy of the page, and errors of the page itself. */
export async function noteComplaints(page: Page, complaints: string[]): Promise<void> {
  page.on("console", (message) => {
    if (/content security policy|trusted ?type/i.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", ({ message }) => complaints.push(message));
  // What a script catches is not on the console of the browser, and is refused all the same.
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => {
      // biome-ignore lint/suspicious/noConsole: it is how the page says so to the test
      console.error(`Content Security Policy: ${effectiveDirective} ${blockedURI} ${sample}`);
    });
  });
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText(/^[\d,]+ secrets?$/).waitFor();
}

/** Opens the panel of a secret by its address, as a link would. */
export async function openSecret(page: Page, key: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/secret/${key}`);
  await page.getByRole("heading", { name: "Value", exact: true }).waitFor();
}

/** Opens a folder of the list, unless the page has opened it already. */
export async function openFolder(page: Page, path: string): Promise<void> {
  const row = page.locator(`[id="row-f:${path}"]`);
  if ((await row.getAttribute("aria-expanded")) === "false") await row.click();
}

/** How many records of an action the audit log has about a key. */
export async function countRecords(call: CallPath, action: string, key: string): Promise<number> {
  const { events = [] } = (await call("POST", "audit", { action, key, pageSize: 1000 })) as { events?: unknown[] };
  return events.length;
}

/** For conditions that hold after a moment, also on a machine that is busy. */
export const soon = { timeout: 30_000 };

/** What is in the clipboard. The page itself may not read it. */
export async function readClipboard(page: Page): Promise<string> {
  const reader = await page.context().newPage();
  await reader.goto(new URL("/healthz", page.url()).href);
  await reader.bringToFront();
  const text = await reader.evaluate(() => navigator.clipboard.readText());
  await reader.close();
  return text;
}
