import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, startConsole } from "../../support/browser/console.ts";
import { doMainTasks } from "../../support/browser/main-tasks.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("the page over TLS and HTTP/2 (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable, { hasTls: true });
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test("does everything that it does on loopback, in one connection", async () => {
    const page = await its.open("");
    await doMainTasks(page, its.call, its.service.adminToken);
    const protocols = await page.evaluate(() => [
      ...new Set(
        [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(
          (entry) => (entry as PerformanceResourceTiming).nextHopProtocol,
        ),
      ),
    ]);
    expect(protocols).toEqual(["h2"]);
    await page.context().close();
  });

  test("threat 187: the half in the cookie is bound to this host, and is sent over TLS only", async () => {
    const page = await its.open();
    expect(await page.context().cookies()).toMatchObject([
      { name: "__Host-oo_session", secure: true, httpOnly: true, sameSite: "Strict", path: "/", domain: "127.0.0.1" },
    ]);
    await page.context().close();
  });

  test("more tabs than HTTP/1.1 has connections are all live", async () => {
    const page = await its.open();
    const tabs = [page];
    for (let at = 1; at < 8; at += 1) tabs.push(await its.openTab(page.context()));
    await its.call("PUT", "secrets", { secrets: [{ key: "live-TLS", value: "x" }] });
    for (const tab of tabs) await tab.getByRole("treeitem", { name: "live-TLS" }).waitFor();
    await page.context().close();
  });
});
