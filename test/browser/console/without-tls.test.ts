import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, noteComplaints, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("the page beyond loopback without TLS (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable, {
      settings: { SECRET_SVC_LISTEN: "0.0.0.0:0", SECRET_SVC_CONSOLE: "on" },
    });
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test("threat 219: signs no one in, says why, sets no cookie, and operators have a finding", async () => {
    const context = await its.browser.newContext();
    const page = await context.newPage();
    await noteComplaints(page, its.complaints);
    await page.goto(`http://0.0.0.0:${new URL(its.service.url).port}/console/`);
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await page.getByLabel("Token").fill(its.service.adminToken);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("No browser may sign in at this address: it takes TLS").waitFor();
    expect(await page.getByLabel("Token").inputValue()).toBe("");
    expect(await context.cookies()).toEqual([]);
    // Neither a half of a session nor the token: only when something was last typed.
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual(["secret-svc/last-input"]);
    const { findings } = (await its.call("GET", "is-secure", undefined)) as { findings: { id: string }[] };
    expect(findings.map(({ id }) => id)).toContain("console-without-tls");
    await context.close();
  });
});
