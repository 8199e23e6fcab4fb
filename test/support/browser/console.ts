import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { type CallPath, callerOf, makeScene, type Scene } from "../../../scripts/console/scene.ts";
import { type ServerInProcess, startServerInProcess } from "../server-in-process.ts";
import { openBrowser } from "./chromium.ts";

/** A service with a small tenant, and a browser. One for a file of tests. */
export interface ConsoleFixture {
  readonly service: ServerInProcess;
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

export async function startConsole(
  executable: string | undefined,
  env: Record<string, string> = {},
): Promise<ConsoleFixture> {
  const [service, browser] = await Promise.all([startServerInProcess({ env }), openBrowser(executable ?? "")]);
  const call = callerOf(service.url, service.adminToken);
  const scene = await makeScene(call);
  const complaints: string[] = [];
  const openTab = async (context: BrowserContext, path = "") => {
    const page = await context.newPage();
    page.on("console", (message) => {
      if (/content security policy|trusted ?type/i.test(message.text())) complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    await page.goto(`${service.url}/console/${path}`);
    return page;
  };
  return {
    service,
    call,
    scene,
    browser,
    complaints,
    openTab,
    async open(token = service.adminToken, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: service.url });
      const page = await openTab(context);
      if (token !== "") await signIn(page, token);
      return page;
    },
    async close() {
      await browser.close();
      await service.stop();
    },
  };
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
