import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, soon, startConsole } from "../../support/browser/console.ts";
import { holdCall } from "../../support/browser/hold.ts";

const executable = findChromium();
const key = "prod/checkout/STRIPE_SECRET_KEY";

describe.skipIf(executable === undefined)("the audit page (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let page: Page;
  beforeAll(async () => {
    its = await startConsole(executable);
    page = await its.open();
    await page.getByRole("link", { name: "Audit" }).click();
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  const actions = async (on = page) => {
    const rows = on.getByRole("region", { name: "Records" }).getByRole("row");
    await rows.nth(1).waitFor();
    return (await rows.allInnerTexts()).slice(1).map((row) => row.split("\t")[2]?.trim());
  };

  test("leaves out what the console itself makes, unless everything is wanted", async () => {
    const own = /list|watch|names|versions|session|whoami|explain/;
    expect((await actions()).filter((action) => own.test(action ?? ""))).toEqual([]);
    await page.getByText("Look-ups, reviews before a save (plans) and sign-ins are left out.").waitFor();
    await page.getByRole("button", { name: "Show everything" }).click();
    await expect.poll(() => actions(), soon).toContain("secret.list");
    expect(await actions()).toContain("session.open");
    await page.getByRole("button", { name: "Only reads and changes" }).click();
    await expect.poll(async () => (await actions()).filter((action) => own.test(action ?? "")), soon).toEqual([]);
    await page.getByLabel("What", { exact: true }).selectOption({ label: "Sign-ins" });
    await expect.poll(async () => new Set(await actions()), soon).toEqual(new Set(["session.open"]));
    await page.getByLabel("What", { exact: true }).selectOption({ label: "Reads" });
    await expect.poll(async () => new Set(await actions()), soon).toEqual(new Set(["secret.read"]));
  });

  test("says what denied and refused mean without a pointer, and looks for both among everything", async () => {
    const phone = await its.open(undefined, { viewport: { width: 390, height: 800 }, hasTouch: true });
    await phone.getByRole("link", { name: "Audit" }).click();
    await phone.getByText("Denied: who asked lacked the right").waitFor();
    await phone.getByText("Refused: another reason, such as a newer version or a wrong field").waitFor();
    await its.call("POST", "users", {}, its.scene.tokens.dave).catch(() => undefined);
    await phone.getByRole("button", { name: "Denied", exact: true }).click();
    await phone.getByText("Everything is shown.").waitFor();
    await phone.getByRole("region", { name: "Records" }).getByText("user.list").first().waitFor();
    await phone.context().close();
  });

  test("says exactly when it was", async () => {
    const times = await page.getByRole("region", { name: "Records" }).locator("time").allInnerTexts();
    expect(times.filter((time) => !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/.test(time))).toEqual([]);
    expect(times.length).toBeGreaterThan(0);
  });

  test("says in plain words why something was allowed", async () => {
    const rows = page.getByRole("region", { name: "Records" }).getByRole("row");
    const why = (await rows.allInnerTexts()).slice(1).map((row) => row.split("\t")[5]?.trim());
    expect(new Set(why)).toEqual(new Set(["named in a list", "by a role in a list"]));
  });

  test("is filtered by key, pattern, person and decision", async () => {
    await page.getByLabel("Key", { exact: true }).fill(key);
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await actions()).length, soon).toBe(3);
    await page.getByLabel("Who").fill("erin");
    await page.keyboard.press("Tab");
    await expect.poll(async () => (await actions()).length, soon).toBe(1);
    await page.getByRole("button", { name: "Denied" }).click();
    await page
      .getByText("A key or a name must be exactly as it is stored; in a key, “*” stands for anything.")
      .waitFor();
    await page.getByRole("button", { name: "All", exact: true }).click();
    await page.getByLabel("Who").fill("");
    await page.keyboard.press("Tab");
    await page.getByLabel("Key", { exact: true }).fill("prod/*URL");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await actions()).length, soon).toBe(1);
  });

  test("a name that is being typed stays when records come", async () => {
    const list = await holdCall(page, "ListAuditEvents");
    await page.getByRole("button", { name: "Refresh" }).click();
    await list.reached;
    await page.getByLabel("Who").fill("half of a na");
    await list.release();
    await page.getByRole("region", { name: "Records" }).waitFor();
    expect(await page.getByLabel("Who").inputValue()).toBe("half of a na");
    await page.getByLabel("Who").fill("");
    await page.keyboard.press("Tab");
  });

  test("exports records as lines of JSON", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export" }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ action: "secret.read", principal: "checkout-svc" }]);
  });

  test("where nothing is found, it names the filters and clears them", async () => {
    await page.getByLabel("Who").fill("no-one");
    await page.keyboard.press("Tab");
    await page.getByText("With prod/*URL · no-one · Reads", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect.poll(() => actions(), soon).toContain("secret.list");
    expect(await page.getByLabel("Key", { exact: true }).inputValue()).toBe("");
  });

  test("operators verify all records", async () => {
    await page.getByRole("button", { name: "Verify the log" }).click();
    await page.getByText("everything is as it was recorded").waitFor();
  });

  test("others than admins see the records of a key that they may write, without addresses", async () => {
    const bob = await its.open(its.scene.tokens.bob);
    await bob.getByRole("link", { name: "Audit" }).click();
    await bob.getByText("Which key?").waitFor();
    await bob.getByLabel("Key", { exact: true }).fill(key);
    await bob.keyboard.press("Enter");
    expect(await actions(bob)).toContain("secret.read");
    expect(await bob.getByRole("columnheader", { name: "From" }).count()).toBe(0);
    await bob.context().close();
  });
});
