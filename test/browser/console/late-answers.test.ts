import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, openSecret, startConsole } from "../../support/browser/console.ts";
import { holdAnswer, holdCall } from "../../support/browser/hold.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("answers that come late (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let page: Page;
  beforeAll(async () => {
    its = await startConsole(executable);
    page = await its.open();
    page.on("dialog", (dialog) => dialog.accept());
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  const save = (secret: object) => its.call("PUT", "secrets", { secrets: [secret] });
  const go = (hash: string, on = page) =>
    on.evaluate((next) => {
      location.hash = next;
    }, hash);
  const hashOf = (on: Page) => new URL(on.url()).hash;

  test("a secret that was removed after its page of the list was read does not come back", async () => {
    await save({ key: "removed-MEANWHILE", value: "x" });
    const fresh = await its.open("");
    // The first answer is what is seen at once; the second is the list itself, which is read once the stream is there.
    let count = 0;
    const { promise: read, resolve: noteRead } = Promise.withResolvers<void>();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await fresh.route("**/ListSecrets", async (route) => {
      count += 1;
      if (count !== 2) return route.fallback();
      const response = await route.fetch();
      noteRead();
      await held;
      return route.fulfill({ response });
    });
    await fresh.getByLabel("Token").fill(its.service.adminToken);
    await fresh.getByRole("button", { name: "Sign in" }).click();
    const row = fresh.getByRole("treeitem", { name: "removed-MEANWHILE" });
    await row.waitFor();
    await read;
    await its.call("DELETE", "secrets", { key: "removed-MEANWHILE" });
    await row.waitFor({ state: "detached" });
    release();
    await fresh.getByText(/^\d+ secrets$/).waitFor();
    await fresh.getByRole("treeitem", { name: "prod" }).waitFor();
    expect(await row.count()).toBe(0);
    await fresh.context().close();
  });

  test("removed secrets are read again after a break in which they changed", async () => {
    await its.call("PUT", "users", { users: [{ slug: "rita", roles: ["one"] }] });
    const { secret } = await its.call("PUT", "tokens", { slug: "rita" });
    await save({ key: "for-RITA", value: "x", readers: ["rita"], writers: ["rita"] });
    const rita = await its.open(String(secret));
    await rita.getByText("Live", { exact: true }).waitFor();
    await rita.getByRole("button", { name: "Removed", exact: true }).click();
    await rita.getByText("Nothing to bring back").waitFor();
    await rita.context().setOffline(true);
    await rita.evaluate(() => dispatchEvent(new Event("offline")));
    await rita.getByText("Reconnecting…").waitFor();
    await its.call("DELETE", "secrets", { key: "for-RITA" });
    // With other rights the stream begins anew, and reports nothing of what was missed.
    await its.call("PUT", "users", { users: [{ slug: "rita", roles: ["two"] }] });
    await rita.context().setOffline(false);
    await rita.getByRole("link", { name: "for-RITA", exact: true }).waitFor();
    await rita.context().close();
  });

  test("a plan of before “Continue” is not taken for one of the newer version", async () => {
    const key = "prod/reports/S3_ACCESS_KEY";
    await openSecret(page, key);
    await page.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("New value").fill("mine");
    const plan = await holdAnswer(page, "SaveSecrets");
    await dialog.getByRole("button", { name: "Review" }).click();
    await plan.reached;
    await save({ key, value: "theirs" });
    await dialog.getByRole("button", { name: "Continue from version 2" }).click();
    await plan.release();
    expect(await dialog.getByText("What will change").count()).toBe(0);
    await dialog.getByRole("button", { name: "Review" }).click();
    await dialog.getByRole("button", { name: "Save version 3" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });

  test("until permits are there, the page does not say that there are none", async () => {
    const permits = await holdCall(page, "ListPermits");
    await go("#/people/permits");
    await permits.reached;
    await page.getByRole("heading", { name: "Permits to create keys", exact: true }).waitFor();
    expect(await page.getByText("There are none yet.").count()).toBe(0);
    await permits.release();
    await page.getByText("There are none yet.").waitFor();
  });

  test("the second half of a double click on Remove answers no question, and leaving the button ends it", async () => {
    await its.call("PUT", "permits", { permits: [{ name: "payments", pattern: "prod/pay/*" }] });
    await go("#/secrets");
    await go("#/people/permits");
    const row = page.getByRole("row", { name: /payments prod\/pay/ });
    const [ask, confirm] = [
      row.getByRole("button", { name: "Remove… payments prod/pay/*" }),
      row.getByRole("button", { name: "Remove it" }),
    ];
    await ask.click();
    await confirm.dispatchEvent("click", { detail: 2 });
    await page.evaluate(async () => (await fetch("/healthz")).text());
    await confirm.waitFor();
    await page.keyboard.press("Tab");
    await ask.waitFor();
    await ask.click();
    await confirm.click();
    await row.waitFor({ state: "detached" });
  });

  test("a file that is dropped while another one is reviewed changes nothing", async () => {
    await go("#/import");
    const text = page.getByLabel("File", { exact: true });
    await page.getByLabel("Put the keys under").fill("prod/reports");
    await text.fill("FIRST=1\n");
    const plan = await holdCall(page, "SaveSecrets");
    await page.getByRole("button", { name: "Review" }).click();
    await plan.reached;
    const dataTransfer = await page.evaluateHandle(() => {
      const dropped = new DataTransfer();
      dropped.items.add(new File(["SECOND=2\n"], "second.env"));
      return dropped;
    });
    await text.dispatchEvent("drop", { dataTransfer });
    await plan.release();
    await page.getByText("Plan: 1 to create").waitFor();
    const planned = page.getByRole("region", { name: "Plan", exact: true });
    await planned.getByText("prod/reports/FIRST").waitFor();
    expect(await text.inputValue()).toBe("FIRST=1\n");
    await page.getByRole("button", { name: "Back" }).click();
    await text.dispatchEvent("drop", { dataTransfer });
    await planned.getByText("prod/reports/SECOND").waitFor();
  });

  test("storing a file does not take a person away from where they went meanwhile", async () => {
    const stored = await holdAnswer(page, "SaveSecrets");
    await page.getByRole("button", { name: /^(?:Create|Change) 1 secret$/ }).click();
    await stored.reached;
    await go("#/audit");
    await page.getByRole("heading", { name: "Audit" }).waitFor();
    await stored.release();
    await page.getByText("1 change stored.").waitFor();
    expect(hashOf(page)).toBe("#/audit");
  });

  test("what one person saved takes the next one, who has signed in meanwhile, nowhere", async () => {
    const shared = await its.open(its.scene.tokens.bob);
    await shared.getByRole("button", { name: "New", exact: true }).click();
    const dialog = shared.getByRole("dialog");
    await dialog.getByLabel("Key", { exact: true }).fill("bob/OWN");
    await dialog.getByLabel("Value", { exact: true }).fill("x");
    await dialog.getByRole("button", { name: "Review" }).click();
    const created = dialog.getByRole("button", { name: "Create" });
    await created.waitFor();
    const stored = await holdAnswer(shared, "SaveSecrets");
    await created.click();
    await stored.reached;
    await its.call("DELETE", "sessions", { all: true, slug: "bob" });
    await shared.getByRole("heading", { name: "Sign in" }).waitFor();
    await shared.getByLabel("Token").fill(its.scene.tokens.dave ?? "");
    await shared.getByRole("button", { name: "Sign in" }).click();
    await shared.locator(".me").getByText("dave").waitFor();
    await go("#/import", shared);
    await stored.release();
    expect(hashOf(shared)).toBe("#/import");
    await shared.context().close();
  });

  test("a clipboard that the browser refuses is said, and what was to be copied stays to select", async () => {
    await go("#/people");
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByRole("button", { name: "Create the token" }).click();
    await page.getByText("it is not shown again").waitFor();
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException("refused", "NotAllowedError"));
    });
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByText("The browser refused the clipboard.").waitFor();
    await page.getByText(/^oo_/).waitFor();
  });
});
