import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, signIn, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("signing in (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test("with a token: the host is shown, the field is a password, and the list follows", async () => {
    const page = await its.open("");
    const host = new URL(its.service.url).host;
    await page.getByText(host, { exact: true }).waitFor();
    const field = page.getByLabel("Token");
    expect(await field.evaluate((input: HTMLInputElement) => [input.type, input.autocomplete])).toEqual([
      "password",
      "off",
    ]);
    await signIn(page, its.service.adminToken);
    await page.getByRole("navigation", { name: "Places" }).getByText("Tenant default", { exact: true }).waitFor();
    expect(await page.getByLabel("Token").count()).toBe(0);
    await page.context().close();
  });

  test("a wrong token is refused in words, and the field is empty again", async () => {
    const page = await its.open("");
    await page.getByLabel("Token").fill(`oo_${"A".repeat(43)}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This token is not known here").waitFor();
    expect(await page.getByLabel("Token").inputValue()).toBe("");
    await page.context().close();
  });

  test("a one-time code asks before it signs in, and is gone from the address", async () => {
    const { code } = await its.call("POST", "login/handoff", {});
    const page = await its.open("");
    await page.goto("about:blank");
    await page.goto(`${its.service.url}/console/#/handoff/${code}`);
    await page.getByRole("heading", { name: "Sign in as admin?" }).waitFor();
    expect(page.url()).not.toContain(String(code));
    await page.getByRole("button", { name: "Sign in as admin" }).click();
    await page.getByText(/^\d+ secrets$/).waitFor();
    await page.goto("about:blank");
    await page.goto(`${its.service.url}/console/#/handoff/${code}`);
    await page.getByText(/^\d+ secrets$/).waitFor();
    await page.context().close();
  });

  test("a code that was used says so", async () => {
    const page = await its.open("");
    await page.goto("about:blank");
    await page.goto(`${its.service.url}/console/#/handoff/${"A".repeat(43)}`);
    await page.getByText("This link was used already, or took too long").waitFor();
    await page.context().close();
  });

  test("signing out ends the session, and says so", async () => {
    const page = await its.open();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You have signed out.").waitFor();
    await page.reload();
    await page.getByLabel("Token").waitFor();
    expect(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.includes("half")))).toEqual([]);
    await page.context().close();
  });

  test("light and dark are remembered", async () => {
    const page = await its.open();
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole("button", { name: "Colours: system" }).click();
    await page.getByRole("button", { name: "Light" }).click();
    expect(await background()).not.toBe(light);
    await page.reload();
    await page.getByText(/^\d+ secrets$/).waitFor();
    expect(await background()).not.toBe(light);
    await page.context().close();
  });
});
