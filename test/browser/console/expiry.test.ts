import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, openSecret, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();
const key = "prod/reports/WAREHOUSE_URL";

describe.skipIf(executable === undefined)("when something expires (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  const stored = async () => {
    const { secrets } = await its.call("POST", "secrets", { keys: [key], view: "SECRET_VIEW_METADATA" });
    return (secrets as { metadata?: Record<string, string> }[])[0];
  };

  test("it is chosen by the clock of the person, whose time zone is named, or as a duration", async () => {
    const page = await its.open(undefined, { timezoneId: "America/New_York" });
    await openSecret(page, key);
    await page.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "expires", exact: true }).click();
    const field = dialog.getByLabel("Text of expires");
    expect(await field.getAttribute("type")).toBe("datetime-local");
    await field.fill("2031-07-01T18:30");
    await dialog.getByText(/^2031-07-01 22:30:00 UTC · in 4 years · Time zone America\/New_York, UTC−4$/).waitFor();
    await dialog.getByRole("button", { name: "Review" }).click();
    await dialog.getByRole("button", { name: "Save version 2" }).click();
    await page.getByText("Version 2 is saved.").waitFor();
    expect((await stored())?.metadata).toEqual({ expires: "2031-07-01T22:30:00Z" });
    await page.getByRole("button", { name: "Edit" }).click();
    expect(await field.inputValue()).toBe("2031-07-01T18:30");
    await dialog.getByRole("button", { name: "In 90 days" }).click();
    await dialog.getByText(/ UTC · in (?:90|89) days · Time zone/).waitFor();
    await dialog.getByRole("button", { name: "Review" }).click();
    await dialog.getByRole("button", { name: "Save version 3" }).click();
    await page.getByText("Version 3 is saved.").waitFor();
    const days = (Date.parse((await stored())?.metadata?.expires ?? "") - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89.9);
    expect(days).toBeLessThan(90.1);
    await page.context().close();
  });

  test("what is stored and not touched stays as it is, and a text that says no time is not hidden", async () => {
    await its.call("PUT", "secrets", { secrets: [{ key, metadata: { expires: "2035-01-31" } }] });
    const page = await its.open(undefined, { timezoneId: "Asia/Kolkata" });
    await openSecret(page, key);
    await page.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByLabel("Text of expires").inputValue()).toBe("2035-02-01T05:30");
    // The same words as where it is only shown.
    const end = "2035-01-31, until the end of the day (UTC)";
    await dialog.getByText(`${end} · in 8 years · Time zone Asia/`).waitFor();
    expect(await page.getByText(`${end} · in 8 years`).count()).toBe(2);
    await dialog.getByRole("button", { name: "Add a pair" }).click();
    await dialog.getByLabel("Name 2", { exact: true }).fill("team");
    await dialog.getByLabel("Text of team").fill("payments");
    await dialog.getByRole("button", { name: "Review" }).click();
    await dialog.getByRole("button", { name: "Save version 5" }).click();
    await page.getByText("Version 5 is saved.").waitFor();
    expect((await stored())?.metadata).toEqual({ expires: "2035-01-31", team: "payments" });
    await page.getByRole("button", { name: "Edit" }).click();
    await dialog.getByRole("button", { name: "Remove expires" }).click();
    await dialog.getByLabel("Text of team").fill("next year");
    await dialog.getByLabel("Name 1", { exact: true }).fill("expires");
    await dialog.getByText("“next year” is not a time: choose one.").waitFor();
    page.once("dialog", (question) => void question.accept());
    await page.keyboard.press("Escape");
    await page.context().close();
  });

  test("a token does not outlive the session, and half of a time is not taken for none", async () => {
    const page = await its.open();
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("button", { name: "New token" }).click();
    const dialog = page.getByRole("dialog");
    const field = dialog.getByLabel("Expires");
    const tokens = async () => ((await its.call("POST", "tokens", { pageSize: 1000 })).tokens as unknown[]).length;
    const before = await tokens();
    await field.fill("2099-01-01T00:00");
    await dialog.getByRole("button", { name: "Create the token" }).click();
    expect(await field.evaluate((input: HTMLInputElement) => input.validity.rangeOverflow)).toBe(true);
    await field.fill("");
    await field.press("0");
    await field.press("1");
    await dialog.getByRole("button", { name: "Create the token" }).click();
    expect(await field.evaluate((input: HTMLInputElement) => input.validity.badInput)).toBe(true);
    expect(await tokens()).toBe(before);
    await dialog.getByRole("button", { name: "In 1 hour" }).click();
    await dialog.getByRole("button", { name: "Create the token" }).click();
    await dialog.getByText(/^oo_/).waitFor();
    const { tokens: all } = (await its.call("POST", "tokens", { pageSize: 1000 })) as {
      tokens: { createdAt: string; expireAt: string; kind?: string }[];
    };
    const lives = all.map(({ createdAt, expireAt }) => (Date.parse(expireAt) - Date.parse(createdAt)) / 60_000);
    expect(lives.filter((minutes) => minutes > 59 && minutes < 61)).toHaveLength(1);
    await page.context().close();
  });

  test("on a phone, who has access is a form: each right in words, with its box, below the name", async () => {
    const phone = await its.open(undefined, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await openSecret(phone, key);
    await phone.getByRole("button", { name: "Edit" }).click();
    const row = phone.getByRole("dialog").locator(".grid tr").filter({ hasText: "checkout-svc" }).last();
    const words = ["Read", "Write", "Delete", "Change readers", "Change writers", "Change deleters"];
    for (const word of words) await row.getByText(word, { exact: true }).waitFor();
    const boxes = await Promise.all((await row.getByRole("checkbox").all()).map((box) => box.boundingBox()));
    expect(new Set(boxes.map((box) => box?.y)).size).toBe(3);
    // The words are as good as the box.
    await row.getByText("Write", { exact: true }).tap();
    expect(await phone.getByRole("checkbox", { name: "checkout-svc may change the value" }).isChecked()).toBe(true);
    const label = await row.locator("label").first().boundingBox();
    expect(label?.height).toBeGreaterThanOrEqual(40);
    phone.once("dialog", (question) => void question.accept());
    await phone.context().close();
  });
});
