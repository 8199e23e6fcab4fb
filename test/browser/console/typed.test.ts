import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, openSecret, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();
const key = "prod/checkout/DATABASE_URL";
const saves = "**/secret.v1.SecretService/SaveSecrets";

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
  /** Holds the next save back until the returned function is called. */
  const holdSave = async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: sent, resolve: noteSent } = Promise.withResolvers<void>();
    const route = async (each: { continue(): Promise<void> }) => {
      noteSent();
      await held;
      await each.continue();
    };
    await page.route(saves, route, { times: 1 });
    return { sent, release };
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
    const { sent, release } = await holdSave();
    await dialog().getByRole("button", { name: "Review" }).click();
    await sent;
    await dialog().getByLabel("New value").fill("second");
    const planned = page.waitForResponse(saves);
    release();
    await planned;
    // The next plan is there once everything of the late one has been handled.
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
    const { promise: stored, resolve: noteStored } = Promise.withResolvers<void>();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await page.route(
      saves,
      async (route) => {
        const response = await route.fetch();
        noteStored();
        await held;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    await save.click();
    await stored;
    // The stream has reported the new version already.
    await page.getByText("Version 3", { exact: true }).waitFor();
    expect(await dialog().getByText("while you were editing").count()).toBe(0);
    expect(
      await dialog()
        .getByLabel("New value")
        .evaluate((field) => field.closest("[inert]") !== null),
    ).toBe(true);
    // The answer would close what was opened after it: it stays open until then, and asks nothing.
    for (const name of ["Cancel", "Close"])
      expect(await dialog().getByRole("button", { name }).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await page.goBack();
    await expect.poll(() => new URL(page.url()).hash).toBe(`#/secret/${key}`);
    expect(await dialog().isVisible()).toBe(true);
    release();
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
