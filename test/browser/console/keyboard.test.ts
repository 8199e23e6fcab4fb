import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, countRecords, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();
const key = "prod/checkout/STRIPE_SECRET_KEY";

describe.skipIf(executable === undefined)("without a pointer (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let page: Page;
  beforeAll(async () => {
    its = await startConsole(executable);
    page = await its.open("");
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  const press = async (...keys: string[]) => {
    for (const each of keys) await page.keyboard.press(each);
  };
  const active = () =>
    page.evaluate(() => {
      const id = document.getElementById("rows")?.getAttribute("aria-activedescendant");
      return id == null ? "" : (document.getElementById(id)?.innerText.split("\n")[0] ?? "");
    });

  /** Goes on by Tab until the focus is on what has this name. */
  const tabTo = async (name: RegExp) => {
    for (let at = 0; at < 60; at += 1) {
      await press("Tab");
      const label = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const labels = (element as HTMLInputElement).labels;
        return element.getAttribute("aria-label") ?? labels?.[0]?.innerText ?? element.innerText;
      });
      if (name.test(label)) return;
    }
    throw new Error(`Tab does not reach ${name}`);
  };

  test("sign in, find, reveal, copy, edit, review, save, go back, audit, help", async () => {
    await page.getByLabel("Token").waitFor();
    await page.keyboard.insertText(its.service.adminToken);
    await press("Enter");
    await page.getByText(/^\d+ secrets$/).waitFor();
    await press("/");
    await page.keyboard.type("stripe_secret prod");
    await page.getByRole("listbox", { name: "Secrets that match: 1 row" }).waitFor();
    await press("Enter", "Enter");
    await page.getByRole("heading", { name: "Value", exact: true }).waitFor();
    await press("v");
    await page.getByText("sk_live_51HqLyjWDarjtT1zdp7dcXV2bR").waitFor();
    await press("c");
    await page.getByText("It stays in the clipboard").waitFor();
    await press("v");
    await page.getByRole("button", { name: "Reveal" }).waitFor();
    await press("e");
    await page.getByRole("dialog").waitFor();
    await tabTo(/^New value/);
    await page.keyboard.type("by-keyboard");
    await tabTo(/^Review/);
    await press("Enter");
    await page.getByRole("button", { name: "Save version 7" }).waitFor();
    await tabTo(/^Save version 7/);
    await press("Enter");
    await page.getByText("Version 7 is saved.").waitFor();
    await press("Escape");
    await page.getByRole("heading", { name: "Value", exact: true }).waitFor({ state: "detached" });
    await press("g", "a");
    await page.getByRole("heading", { name: "Audit" }).waitFor();
    await press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await press("g", "s");
    await page.getByRole("heading", { name: "Secrets" }).waitFor();
    expect(await countRecords(its.call, "secret.read", key)).toBe(4);
  });

  test("rows, folders and far jumps", async () => {
    await page.reload();
    await page.getByText(/^\d+ secrets$/).waitFor();
    expect(await active()).toBe("alice");
    await press("j", "ArrowDown");
    expect(await active()).toBe("ci");
    await press("k", "End");
    expect(await active()).toBe("LICENSE_KEY");
    // The outer folders are open at first.
    await press("Home", "ArrowLeft", "ArrowDown");
    expect(await active()).toBe("ci");
    await press("Home", "ArrowRight", "ArrowRight");
    expect(await active()).toBe("laptop");
    await press("ArrowRight", "ArrowRight");
    expect(await active()).toBe("NOTES");
    await press("ArrowLeft", "ArrowLeft", "ArrowLeft");
    expect(await active()).toBe("alice");
    await press("PageDown", "PageUp", "Enter");
    await page.getByRole("treeitem", { name: "laptop" }).waitFor({ state: "detached" });
  });

  test("all of it also by Tab: every control is reached and shows where the focus is", async () => {
    const controls = await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
      const all = [
        ...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, [tabindex='0']"),
      ];
      const usable = all.filter((each) => each.checkVisibility() && !each.matches(":disabled, [tabindex='-1']"));
      for (const [at, each] of usable.entries()) each.dataset.at = String(at);
      return usable.map((each) => each.getAttribute("aria-label") ?? each.innerText.trim().split("\n")[0] ?? "");
    });
    expect(controls).toEqual(
      expect.arrayContaining(["To the content", "Secrets", "Audit", "Sign out", "New", "Find a secret"]),
    );
    const missed = new Set(controls.keys());
    for (let at = 0; at < controls.length + 5; at += 1) {
      await press("Tab");
      const [number, outline] = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        return [element.dataset.at, getComputedStyle(element).outlineStyle];
      });
      if (number === undefined) continue;
      expect(outline, controls[Number(number)]).not.toBe("none");
      missed.delete(Number(number));
    }
    expect([...missed].map((number) => controls[number])).toEqual([]);
  });

  test("keys with Ctrl, Alt or Meta, and those of a text field, stay with the browser", async () => {
    await press("Control+e", "Alt+n", "Meta+v");
    await press("/");
    await page.keyboard.type("ne?");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.getByLabel("Find a secret").inputValue()).toBe("ne?");
    await press("Escape");
  });
});
