import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import {
  type ConsoleFixture,
  countRecords,
  openSecret,
  readClipboard,
  soon,
  startConsole,
} from "../../support/browser/console.ts";

const executable = findChromium();
const key = "prod/checkout/STRIPE_SECRET_KEY";

describe.skipIf(executable === undefined)("a secret (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let page: Page;
  beforeAll(async () => {
    its = await startConsole(executable);
    page = await its.open();
    await openSecret(page, key);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test("shows facts, metadata, access, history and reads without its value", async () => {
    const panel = page.getByRole("region", { name: `Secret ${key}` });
    await panel.getByText("Expiring in 8 days").waitFor();
    const end = new Date(Date.now() + 8 * 86_400_000).toISOString().slice(0, 10);
    await panel.getByText(`${end}, until the end of the day (UTC) · in 8 days`).waitFor();
    await panel.getByText("It expires before its rotation is due.").waitFor();
    await panel.getByRole("row", { name: /payments.*bob, checkout-svc, erin/ }).waitFor();
    await panel
      .getByRole("row", { name: /^bob owner, in payments has it by payments has it by payments no yes yes no$/ })
      .waitFor();
    // Named in the list, and also by a role.
    await panel
      .getByRole("row", { name: /^checkout-svc in payments yes has it by payments has it by payments no/ })
      .waitFor();
    await panel.getByText("+dave").first().waitFor();
    await panel.getByText("−dave").waitFor();
    await panel.getByText(`oo secret list ${key} --show`).waitFor();
    expect(await countRecords(its.call, "secret.read", key)).toBe(3);
  });

  test("one reveal is one record, and so is one copy; copying what is shown adds none", async () => {
    const before = await countRecords(its.call, "secret.read", key);
    const reveal = page.getByRole("button", { name: "Reveal" });
    await reveal.click();
    await page.getByText("sk_live_51HqLyjWDarjtT1zdp7dcXV2bR").waitFor();
    await page.getByText("Hidden again after 30 seconds. This reveal is a record in the audit log.").waitFor();
    expect(await countRecords(its.call, "secret.read", key)).toBe(before + 1);
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByText("It stays in the clipboard").waitFor();
    expect(await countRecords(its.call, "secret.read", key)).toBe(before + 1);
    await page.getByRole("button", { name: "Hide", pressed: true }).click();
    await page.getByText("sk_live_51HqLyjWDarjtT1zdp7dcXV2bR").waitFor({ state: "detached" });
    expect(await readClipboard(page)).toBe("sk_live_51HqLyjWDarjtT1zdp7dcXV2bR");
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await expect.poll(() => countRecords(its.call, "secret.read", key), soon).toBe(before + 2);
    expect(await page.getByText("sk_live_51HqLyjWDarjtT1zdp7dcXV2bR").count()).toBe(0);
  });

  test("of a role with many members, each can be read without a pointer", async () => {
    const members = Array.from({ length: 7 }, (_, at) => ({ slug: `many-${at}`, roles: ["crowd"] }));
    await its.call("PUT", "users", { users: members });
    await its.call("PUT", "secrets", { secrets: [{ key: "prod/CROWD", value: "x", readers: ["crowd"] }] });
    const fresh = await its.open();
    await openSecret(fresh, "prod/CROWD");
    const row = fresh.getByRole("row", { name: /crowd/ });
    await row.getByText("many-0, many-1, many-2, many-3").waitFor();
    expect(await row.innerText()).not.toContain("many-6");
    await row.getByRole("button", { name: "and 3 more of crowd" }).press("Enter");
    await row.getByText("many-0, many-1, many-2, many-3, many-4, many-5, many-6").waitFor();
    await fresh.context().close();
  });

  test("bytes are not shown: they are downloaded as they are, and a clipboard of text refuses them", async () => {
    const bytes = Buffer.from([0, 255, 254, 10, 13, 0x80, 65]);
    const name = "prod/shared/KEYSTORE";
    await its.call("PUT", "secrets", { secrets: [{ key: name, valueBytes: bytes.toString("base64") }] });
    await openSecret(page, name);
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByText("The value is bytes").waitFor();
    await page.getByRole("button", { name: "Reveal" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download 7 bytes" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe("KEYSTORE");
    expect(readFileSync(await file.path())).toEqual(bytes);
    expect(await countRecords(its.call, "secret.read", name)).toBe(2);
    await page.getByRole("button", { name: "Hide" }).click();
    await page.getByRole("button", { name: "Download 7 bytes" }).waitFor({ state: "detached" });
    await openSecret(page, key);
  });

  test("a refused button says why, and whom to ask", async () => {
    await its.call("PUT", "secrets", {
      secrets: [{ key: "prod/WRITE_ONLY", value: "x", readers: ["bob"], writers: ["dave"], owner: "bob" }],
    });
    const dave = await its.open(its.scene.tokens.dave);
    await openSecret(dave, "prod/WRITE_ONLY");
    const sentence = "You may change it but not read it: dave is not in readers. Ask bob (owner) or an admin.";
    const reveal = dave.getByRole("button", { name: "Reveal" });
    expect([await reveal.getAttribute("title"), await reveal.getAttribute("aria-disabled")]).toEqual([
      sentence,
      "true",
    ]);
    await reveal.click({ force: true });
    await dave.locator(".toast").getByText(sentence).waitFor();
    const refused = "You may change it but not remove it: dave is not in deleters. Ask bob (owner) or an admin.";
    await dave.getByText(refused).waitFor();
    await dave.getByRole("button", { name: "Remove…" }).click({ force: true });
    await dave.locator(".toast").getByText(refused).waitFor();
    expect(await countRecords(its.call, "secret.read", "prod/WRITE_ONLY")).toBe(0);
    await dave.context().close();
  });

  test("an old value becomes the newest one, bound to the version that was seen", async () => {
    await page.getByRole("button", { name: "Restore the value… version 3" }).click();
    await page.getByText("Only the value becomes that of this version.").waitFor();
    await page.getByRole("button", { name: "Restore version 3" }).click();
    await page.getByText("Version 7", { exact: true }).waitFor();
    expect(await countRecords(its.call, "secret.restore", key)).toBe(1);
  });

  test("removing asks in place, says who else read it last, and is bound to the version", async () => {
    await page.getByRole("button", { name: "Remove…" }).click();
    const question = page.getByText("It can be brought back for 30 days.");
    // The viewer has read it too, and last.
    await question.filter({ hasText: "read it, last" }).waitFor();
    expect(await question.innerText()).toMatch(/30 days\. [a-z-]+(?:, [a-z-]+)*(?: and [a-z-]+)? read it, last/);
    expect(await question.innerText()).not.toContain("admin");
    await page.getByRole("heading", { name: "Remove STRIPE_SECRET_KEY?" }).waitFor();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("button", { name: "Remove…" }).click();
    await page.getByRole("button", { name: "Remove STRIPE_SECRET_KEY" }).click();
    await page.getByText("STRIPE_SECRET_KEY was removed").waitFor();
    await page.getByRole("treeitem", { name: "STRIPE_SECRET_KEY" }).waitFor({ state: "detached" });
  });
});
