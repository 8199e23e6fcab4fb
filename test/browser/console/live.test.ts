import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callerOf } from "../../../scripts/console/scene.ts";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, openContext, startConsole } from "../../support/browser/console.ts";
import { freePort } from "../../support/mongo/free-port.ts";
import { startServerInProcess } from "../../support/server-in-process.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("changes as they happen (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  const save = (key: string) => its.call("PUT", "secrets", { secrets: [{ key, value: "x" }] });
  const watches = async () => {
    const { user } = (await its.call("POST", "quotas", {})) as { user?: { watches?: { used?: string } } };
    return Number(user?.watches?.used ?? 0);
  };

  test("ten tabs share one stream, and the next one goes on when it closes", async () => {
    const first = await its.open();
    await first.getByText("Live", { exact: true }).waitFor();
    const tabs = [first];
    for (let at = 1; at < 10; at += 1) tabs.push(await its.openTab(first.context()));
    for (const tab of tabs) await tab.getByText("Live", { exact: true }).waitFor();
    expect(await watches()).toBe(1);
    await save("live-ONE");
    for (const tab of tabs) await tab.getByRole("treeitem", { name: "live-ONE" }).waitFor();
    await first.close();
    await save("live-TWO");
    for (const tab of tabs.slice(1)) await tab.getByRole("treeitem", { name: "live-TWO" }).waitFor();
    expect(await watches()).toBe(1);
    await first.context().close();
  });

  test("a thousand changes at once are drawn, and the page goes on", async () => {
    const page = await its.open();
    await page.getByText("Live", { exact: true }).waitFor();
    const secrets = Array.from({ length: 1000 }, (_, at) => ({
      key: `many/K${String(at).padStart(4, "0")}`,
      value: "x",
    }));
    await its.call("PUT", "secrets", { secrets });
    await page.getByRole("treeitem", { name: "many" }).filter({ hasText: "1000" }).waitFor();
    expect(await page.locator("[role=treeitem]").count()).toBeLessThan(60);
    await page.context().close();
  });

  test("after a restart of the service the page goes on where it was", async () => {
    const port = await freePort();
    const env = { SECRET_SVC_LISTEN: `127.0.0.1:${port}` };
    const dataDir = mkdtempSync(join(tmpdir(), "restarted-"));
    let service = await startServerInProcess({ dataDir, env });
    try {
      const page = await (await openContext(its.browser, service.url)).newPage();
      await page.goto(`${service.url}/console/`);
      await page.getByLabel("Token").fill(service.adminToken);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("There are no secrets yet").waitFor();
      await page.getByText("Live", { exact: true }).waitFor();
      await service.stop();
      await page.getByText("Reconnecting…").waitFor();
      service = await startServerInProcess({ dataDir, env });
      await callerOf(service.url, service.adminToken)("PUT", "secrets", { secrets: [{ key: "AFTER", value: "x" }] });
      await page.getByRole("treeitem", { name: "AFTER" }).waitFor();
      await page.getByText("Live", { exact: true }).waitFor();
      await page.context().close();
    } finally {
      await service.stop();
      rmSync(dataDir, { recursive: true });
    }
  });

  test("an interrupted connection is said, the list stays, and what changed meanwhile comes", async () => {
    const page = await its.open();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.context().setOffline(true);
    // A stream that is open survives going offline in Chromium: it is cut as a proxy would cut it.
    await page.evaluate(() => dispatchEvent(new Event("offline")));
    await page.getByText("Reconnecting…").waitFor();
    await page.getByRole("treeitem", { name: "prod" }).waitFor();
    await save("live-MEANWHILE");
    await page.context().setOffline(false);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("treeitem", { name: "live-MEANWHILE" }).waitFor();
    await page.context().close();
  });
});
