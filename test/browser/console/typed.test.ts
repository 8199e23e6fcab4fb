import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, openSecret, startConsole } from "../../support/browser/console.ts";
import { holdAnswer, holdCall } from "../../support/browser/hold.ts";

const executable = findChromium();
const key = "prod/checkout/DATABASE_URL";

describe.skipIf(executable === undefined)("what was typed (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let page: Page;
  /** What the page asked, and what it is answered. */
  const asked: string[] = [];
  let answer = false;
  beforeAll(async () => {
    its = await startConsole(executable);
    page = await its.open();
    page.on("dialog", async (dialog) => {
      asked.push(dialog.type());
      await (answer ? dialog.accept() : dialog.dismiss());
    });
  });
  beforeEach(() => {
    asked.length = 0;
    answer = false;
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  const dialog = () => page.getByRole("dialog");
  const typed = () => dialog().getByLabel("New value").inputValue();
  const edit = async (value: string) => {
    await openSecret(page, key);
    await page.getByRole("button", { name: "Edit" }).click();
    await dialog().getByLabel("New value").fill(value);
  };
  const close = async () => {
    answer = true;
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
  };

  test("is not lost by Back without a question, nor by a link or by closing the tab", async () => {
    await openSecret(page, "prod/shared/SENTRY_DSN");
    await edit("typed");
    await page.goBack();
    await expect.poll(() => asked).toEqual(["confirm"]);
    expect([await typed(), new URL(page.url()).hash]).toEqual(["typed", `#/secret/${key}`]);
    await page.evaluate(() => {
      location.hash = "#/audit";
    });
    await expect.poll(() => asked).toEqual(["confirm", "confirm"]);
    expect(await typed()).toBe("typed");
    await page.evaluate(() => location.reload());
    await expect.poll(() => asked.at(-1)).toBe("beforeunload");
    expect(await typed()).toBe("typed");
    answer = true;
    await page.goBack();
    await dialog().waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "SENTRY_DSN" }).waitFor();
    // Nothing is asked where nothing was typed.
    asked.length = 0;
    await page.getByRole("button", { name: "Edit" }).click();
    await dialog().waitFor();
    await page.goBack();
    await dialog().waitFor({ state: "detached" });
    expect(asked).toEqual([]);
  });

  test("after Review was pressed is reviewed again: a plan that comes late is not one of it", async () => {
    await edit("first");
    const plan = await holdCall(page, "SaveSecrets");
    await dialog().getByRole("button", { name: "Review" }).click();
    await plan.reached;
    await dialog().getByLabel("New value").fill("second");
    await plan.release();
    await dialog().getByRole("button", { name: "Review" }).click();
    await dialog().getByRole("button", { name: "Save version 2" }).click();
    await page.getByText("Version 2 is saved.").waitFor();
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByRole("region", { name: "Value of the secret" }).getByText("second", { exact: true }).waitFor();
  });

  test("while it is stored nothing can be typed that would be lost, and the own version is not that of another", async () => {
    await edit("third");
    await dialog().getByRole("button", { name: "Review" }).click();
    const save = dialog().getByRole("button", { name: "Save version 3" });
    await save.waitFor();
    const stored = await holdAnswer(page, "SaveSecrets");
    await save.click();
    await stored.reached;
    // The stream has reported the new version already.
    await page.getByText("Version 3", { exact: true }).waitFor();
    expect(await dialog().getByText("while you were editing").count()).toBe(0);
    expect(
      await dialog()
        .getByLabel("New value")
        .evaluate((field) => field.closest("[inert]") !== null),
    ).toBe(true);
    // The answer would close what was opened after it: it stays open until then, and asks nothing.
    for (const name of ["Back to editing", "Close"])
      expect(await dialog().getByRole("button", { name }).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await page.goBack();
    await expect.poll(() => new URL(page.url()).hash).toBe(`#/secret/${key}`);
    expect(await dialog().isVisible()).toBe(true);
    await stored.release();
    await page.getByText("Version 3 is saved.").waitFor();
    expect(asked).toEqual([]);
  });

  test("stays when the secret is removed meanwhile, with a word about it", async () => {
    await edit("fourth");
    await its.call("DELETE", "secrets", { key });
    await dialog().getByText("It was removed, or you may no longer see it.").waitFor();
    expect(await typed()).toBe("fourth");
    expect(await dialog().getByRole("button", { name: "Review" }).isDisabled()).toBe(true);
    await close();
    await page.getByText("It can be brought back for 30 days").waitFor();
  });
});
