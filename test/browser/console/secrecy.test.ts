import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import {
  type ConsoleFixture,
  countRecords,
  noteComplaints,
  openSecret,
  readClipboard,
  soon,
  startConsole,
} from "../../support/browser/console.ts";

const executable = findChromium();
const canary = "c4n4ry-9b1f-value";
const key = "prod/canary/KEY";

describe.skipIf(executable === undefined)("values on the page (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let page: Page;
  const answers: string[] = [];
  beforeAll(async () => {
    its = await startConsole(executable);
    await its.call("PUT", "secrets", { secrets: [{ key, value: canary, metadata: { note: "x" } }] });
    page = await its.open();
    page.on("response", async (response) => {
      if (response.url().includes("Watch")) return;
      answers.push(await response.text().catch(() => ""));
    });
    await openSecret(page, key);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  /** Everywhere that a page could hold a text. */
  const everywhere = () =>
    page.evaluate(async () => {
      const fields = [...document.querySelectorAll("input, textarea")].map(
        (field) => (field as HTMLInputElement).value,
      );
      const storage = [localStorage, sessionStorage].map((each) => JSON.stringify({ ...each }));
      const stores = [await indexedDB.databases(), await caches.keys()].map((each) => JSON.stringify(each));
      return [
        document.documentElement.outerHTML,
        document.title,
        location.href,
        JSON.stringify(history.state),
        ...fields,
        ...storage,
        ...stores,
      ].join("\n");
    });
  const reveal = async () => {
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByText(canary).waitFor();
  };
  const gone = () => page.getByText(canary).waitFor({ state: "detached" });

  test("threat 185: a value is nowhere before it is revealed, and one reveal is one record", async () => {
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("New value").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await everywhere()).not.toContain(canary);
    expect(answers.length).toBeGreaterThan(3);
    expect(answers.filter((answer) => answer.includes(canary))).toEqual([]);
    expect(await countRecords(its.call, "secret.read", key)).toBe(0);
    await reveal();
    // It would have been seen at both places.
    expect(await everywhere()).toContain(canary);
    await expect.poll(() => answers.filter((answer) => answer.includes(canary)).length, soon).toBe(1);
    expect(await countRecords(its.call, "secret.read", key)).toBe(1);
    const shown = await page.evaluate((text) => {
      const all = [...document.querySelectorAll("*")];
      const inAttributes = all.some((element) => [...element.attributes].some(({ value }) => value.includes(text)));
      return { inAttributes, title: document.title.includes(text), url: location.href.includes(text) };
    }, canary);
    expect(shown).toEqual({ inAttributes: false, title: false, url: false });
    await page.getByRole("button", { name: "Hide" }).click();
    await gone();
    expect(await everywhere()).not.toContain(canary);
  });

  test("threat 185: it is hidden when the place, the tab or the version changes", async () => {
    await reveal();
    await page.getByRole("link", { name: "Audit" }).click();
    await gone();
    await openSecret(page, key);
    await reveal();
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
      Reflect.deleteProperty(document, "hidden");
    });
    await gone();
    await reveal();
    await its.call("PUT", "secrets", { secrets: [{ key, value: `${canary}2` }] });
    await gone();
  });

  test("threat 185: it hides itself after 30 seconds", async () => {
    await page.clock.install();
    await reveal();
    await page.clock.fastForward(29_000);
    expect(await page.getByText(canary).count()).toBe(1);
    await page.clock.fastForward(2_000);
    await gone();
    await page.clock.resume();
  });

  test("threat 185: it is hidden when the session ends", async () => {
    const { secret } = await its.call("PUT", "tokens", { slug: "alice", description: "to be revoked" });
    const alice = await its.open(String(secret));
    await openSecret(alice, key);
    await alice.getByRole("button", { name: "Reveal" }).click();
    await alice.getByText(canary).waitFor();
    const { ended } = await its.call("DELETE", "sessions", { all: true, slug: "alice" });
    expect(ended).toBeGreaterThan(0);
    await alice.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await alice.content()).not.toContain(canary);
    await alice.context().close();
  });

  test("threat 186: hostile texts are text, and what cannot be seen in them is marked", async () => {
    const html = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
    const turned = "a\u202egnp.exe\u200b \n";
    await its.call("PUT", "secrets", {
      secrets: [
        { key: "hostile/KEY", value: turned + html, metadata: { [html]: turned, note: "\u2066x" }, readers: ["dave"] },
      ],
    });
    await openSecret(page, "hostile/KEY");
    await page.getByRole("button", { name: "Reveal" }).click();
    const value = page.getByRole("region", { name: "Value of the secret" });
    await expect.poll(() => value.innerText(), soon).toContain("aU+202Egnp.exeU+200B");
    expect(await value.innerText()).toContain(html);
    await page.getByText("2 invisible characters").waitFor();
    await page.getByText("U+2066").waitFor();
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByText("It stays in the clipboard").waitFor();
    expect(await readClipboard(page)).toBe(turned + html);
    expect(
      await page.evaluate(() => [
        (window as { hit?: number }).hit,
        document.querySelectorAll("main img, main script").length,
      ]),
    ).toEqual([undefined, 0]);
  });

  test("threat 181: markup, scripts, eval and frames are refused by the browser", async () => {
    const quiet = await its.browser.newContext();
    const other = await quiet.newPage();
    const reports: string[] = [];
    await noteComplaints(other, reports);
    await other.goto(`${its.service.url}/console/`);
    // A timer of the page: what a test tool evaluates itself is let through whatever the policy says.
    const tried = await other.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const attempt = (act: () => unknown) => {
            try {
              act();
              return "done";
            } catch (error) {
              return (error as Error).name;
            }
          };
          setTimeout(() => {
            const script = document.createElement("script");
            resolve([
              attempt(() => {
                document.body.innerHTML = "<b>x</b>";
              }),
              attempt(() => {
                script.text = "window.hit = 1";
              }),
              // biome-ignore lint/security/noGlobalEval: it must throw
              attempt(() => eval("1")),
              document.cookie,
            ]);
          });
        }),
    );
    expect(tried).toEqual(["TypeError", "TypeError", "EvalError", ""]);
    // The tests of the console would notice if a screen did so.
    await expect.poll(() => reports.length, soon).toBeGreaterThanOrEqual(3);
    const framing = await quiet.newPage();
    await framing.setContent(`<iframe src="${its.service.url}/console/"></iframe>`);
    // The browser shows an error of its own in place of what may not be framed.
    await expect.poll(() => framing.frames()[1]?.url(), soon).toBe("chrome-error://chromewebdata/");
    await quiet.close();
  });
});
