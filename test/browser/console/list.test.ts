import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, openSecret, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("the list of secrets (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let page: Page;
  beforeAll(async () => {
    its = await startConsole(executable);
    page = await its.open();
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  const rows = () => page.locator("[role=treeitem], [role=option]").allInnerTexts();

  test("is a tree of folders with counts and what is due", async () => {
    const tree = page.getByRole("tree", { name: "Secrets" });
    const prod = tree.getByRole("treeitem", { name: "prod" });
    expect((await prod.innerText()).split(/\n+/)).toEqual(["prod", "1 expired · 2 expiring", "15"]);
    const parts = prod.locator(".due span");
    // Each in the colour of its own kind, as in the filters.
    expect(await parts.evaluateAll((all) => all.map(({ className }) => className))).toEqual(["bad", "warn"]);
    expect(await prod.getAttribute("aria-expanded")).toBe("true");
    await prod.click();
    expect(await prod.getAttribute("aria-expanded")).toBe("false");
    await tree.locator('[id="row-f:prod/checkout"]').waitFor({ state: "detached" });
    await prod.click();
    await tree.getByRole("treeitem", { name: /^checkout 1 expired · 1 expiring/ }).waitFor();
  });

  test("is searched by key, owner and metadata, with the match marked", async () => {
    await page.getByLabel("Find a secret").fill("stripe prod");
    await page.getByRole("listbox").waitFor();
    expect((await rows()).map((row) => row.split("\n")[0])).toEqual([
      "prod/checkout/STRIPE_SECRET_KEY",
      "prod/checkout/STRIPE_WEBHOOK_SECRET",
    ]);
    expect(await page.locator("mark").allInnerTexts()).toEqual(["prod", "STRIPE", "prod", "STRIPE"]);
    // The filters count what was found.
    const chips = page.getByRole("group", { name: "State" }).getByRole("button");
    expect(await chips.allInnerTexts()).toEqual(["All 2", "Expiring 1", "Expired 0", "Rotation due 0", "Removed"]);
    expect(await chips.evaluateAll((all) => all.map(({ className }) => className))).toEqual(["", "warn", "", "", ""]);
    await page.getByRole("button", { name: "Expiring 1" }).click();
    expect(await rows()).toHaveLength(1);
    await page.getByRole("button", { name: "All 2" }).click();
    await page.getByLabel("Find a secret").fill("adyen.com");
    await page.getByText("issuer: adyen.com").waitFor();
    await page.getByLabel("Find a secret").fill("nothing-like-this");
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByRole("tree").waitFor();
  });

  test("is narrowed by state", async () => {
    await page.getByRole("button", { name: "Expiring 2" }).click();
    expect((await rows()).map((row) => row.split("\n")[0])).toEqual([
      "prod/checkout/STRIPE_SECRET_KEY",
      "prod/storefront/CDN_SIGNING_KEY",
    ]);
    await page.getByRole("button", { name: "Expired 1" }).click();
    await page.getByRole("option", { name: "ADYEN_API_KEY" }).waitFor();
    await page.getByRole("button", { name: "All" }).click();
  });

  test("shows what was removed, and brings it back", async () => {
    await page.getByRole("button", { name: "Removed" }).click();
    await page.getByRole("button", { name: "Removed 1" }).waitFor();
    await page.getByText(/^for (?:29|30) days$/).waitFor();
    await page.getByRole("link", { name: "Restore… S3_ACCESS_KEY" }).click();
    await page.getByText("It can be brought back for 30 days").waitFor();
    await page.getByRole("button", { name: "Restore… version 1", exact: true }).click();
    await page.getByRole("button", { name: "Restore version 1", exact: true }).click();
    await page.getByRole("button", { name: "Edit" }).waitFor();
    await page.getByRole("button", { name: "All" }).click();
    await page.getByRole("link", { name: "Back to the list" }).click();
  });

  test("draws a new secret, and marks the one that changed elsewhere", async () => {
    await its.call("PUT", "secrets", { secrets: [{ key: "alice/live-NEW", value: "x" }] });
    await page.getByRole("treeitem", { name: "live-NEW" }).waitFor();
    await its.call("PUT", "secrets", { secrets: [{ key: "alice/live-NEW", value: "y" }] });
    await page.locator(".item.flash", { hasText: "live-NEW" }).waitFor();
    await its.call("DELETE", "secrets", { key: "alice/live-NEW" });
    await page.getByRole("treeitem", { name: "live-NEW" }).waitFor({ state: "detached" });
  });

  test("a secret that does not exist, and one that may not be known of, have the same words", async () => {
    await page.evaluate(() => {
      location.hash = "#/secret/no/such/key";
    });
    await page.getByText("There is no such secret, or none that you may know of.").waitFor();
    const dave = await its.open(its.scene.tokens.dave);
    await dave.evaluate(() => {
      location.hash = "#/secret/prod/checkout/DATABASE_URL";
    });
    await dave.getByText("There is no such secret, or none that you may know of.").waitFor();
    await dave.context().close();
  });

  test("others than admins are shown what they see, and where they may create keys", async () => {
    await its.call("PUT", "users", { users: [{ slug: "zoe" }] });
    const { secret } = await its.call("PUT", "tokens", { slug: "zoe" });
    const zoe = await its.open(String(secret));
    await zoe.getByText("You see no secrets yet").waitFor();
    await zoe.getByText("may create keys under zoe/").waitFor();
    await zoe.context().close();
  });

  test("keys of 255 bytes do not make the page scroll sideways", async () => {
    const key = `long/${"A".repeat(120)}/${"b".repeat(129)}`;
    await its.call("PUT", "secrets", { secrets: [{ key, value: "x" }] });
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 800 });
      await openSecret(page, key);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(content, String(width)).toBeLessThanOrEqual(window ?? 0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test("shows folders with their secrets at once, those that are due first, and no more than a screen of them", async () => {
    const other = await startConsole(executable);
    const fresh = await other.open();
    const texts = await fresh.getByRole("treeitem").allInnerTexts();
    const names = texts.map((text) => text.split("\n")[0]);
    for (const shown of ["reports", "DEPLOY_KEY", "ADYEN_API_KEY", "STRIPE_SECRET_KEY"]) expect(names).toContain(shown);
    expect(names).not.toContain("WAREHOUSE_URL");
    expect(names.length).toBeLessThanOrEqual(26);
    // What changes later opens nothing, and closes nothing.
    const many = Array.from({ length: 40 }, (_, at) => ({ key: `many-${at}`, value: "x" }));
    await other.call("PUT", "secrets", { secrets: many });
    await fresh.getByText("85 secrets").waitFor();
    await fresh.getByRole("treeitem", { name: "ADYEN_API_KEY" }).waitFor();
    await other.close();
  });
});
