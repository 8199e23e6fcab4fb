import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, openSecret, signIn, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("the session of the page (needs chromium on the PATH)", () => {
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

  const whoAmI = (from: Page, half: string | undefined, url = "") =>
    from.evaluate(
      async ([at, sent]) => {
        const headers: Record<string, string> = { "content-type": "application/json" };
        if (sent !== "") headers["x-oo-half"] = sent ?? "";
        const path = "/secret.v1.IdentityService/WhoAmI";
        const answer = await fetch(`${at}${path}`, {
          method: "POST",
          headers,
          body: "{}",
          credentials: "include",
        }).catch(() => undefined);
        return answer === undefined ? "refused by the browser" : String(answer.status);
      },
      [url, half ?? ""],
    );
  const halfOf = (from: Page) => from.evaluate(() => localStorage.getItem("secret-svc/page-half") ?? "");

  test("threat 187: both halves make a session; one alone, or another one, does not", async () => {
    const half = await halfOf(page);
    expect(half).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const others = await its.open(its.scene.tokens.bob);
    expect([
      await whoAmI(page, half),
      await whoAmI(page, undefined),
      await whoAmI(page, "A".repeat(43)),
      await whoAmI(page, await halfOf(others)),
    ]).toEqual(["200", "401", "401", "401"]);
    const alone = await fetch(`${its.service.url}/secret.v1.IdentityService/WhoAmI`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-oo-half": half },
      body: "{}",
    });
    expect(alone.status).toBe(401);
    await others.context().close();
  });

  test("threat 187: the other half is in a cookie that no script reads and no other site sends", async () => {
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: "Strict", path: "/", expires: -1 }]);
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  test("threat 187: a page on another port of the same host gets nothing", async () => {
    const server = http.createServer((_, response) => response.end("<!doctype html><title>other</title>"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const other = await page.context().newPage();
    await other.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await whoAmI(other, await halfOf(page), its.service.url)).toBe("refused by the browser");
    // Not even as something that it may show without reading it.
    const shown = await other.evaluate(
      (url) => fetch(url, { mode: "no-cors", credentials: "include" }).catch(() => "refused by the browser"),
      `${its.service.url}/console/`,
    );
    expect(shown).toBe("refused by the browser");
    server.close();
    await other.close();
  });

  test("reload, a second tab and a link from another site stay signed in", async () => {
    await page.reload();
    await page.getByText(/^\d+ secrets$/).waitFor();
    const tab = await its.openTab(page.context());
    await tab.getByText(/^\d+ secrets$/).waitFor();
    const address = `${its.service.url}/console/#/secret/prod/shared/SENTRY_DSN`;
    await tab.goto(`data:text/html,<a href="${encodeURI(address).replaceAll("#", "%23")}">link</a>`);
    await tab.getByText("link").click();
    await tab.getByRole("heading", { name: "SENTRY_DSN" }).waitFor();
    await tab.close();
  });

  test("when it ends, every tab asks to sign in; the same person finds what they had typed", async () => {
    const bob = await its.open(its.scene.tokens.bob);
    const tab = await its.openTab(bob.context());
    await tab.getByText(/^\d+ secrets$/).waitFor();
    await openSecret(bob, "prod/checkout/DATABASE_URL");
    await bob.getByRole("button", { name: "Edit" }).click();
    await bob.getByLabel("New value").fill("typed-before");
    await its.call("DELETE", "sessions", { all: true, slug: "bob" });
    await bob.getByRole("heading", { name: "Sign in" }).waitFor();
    await bob.getByText("Your session was ended: by you elsewhere, by an admin").waitFor();
    await tab.getByRole("heading", { name: "Sign in" }).waitFor();
    await signIn(bob, its.scene.tokens.bob ?? "");
    expect(await bob.getByLabel("New value").inputValue()).toBe("typed-before");
    await tab.getByText(/^\d+ secrets$/).waitFor();
    await bob.context().close();
  });

  test("another person finds nothing of it", async () => {
    const bob = await its.open(its.scene.tokens.bob);
    await openSecret(bob, "prod/checkout/DATABASE_URL");
    await its.call("DELETE", "sessions", { all: true, slug: "bob" });
    await bob.getByRole("heading", { name: "Sign in" }).waitFor();
    await bob.getByLabel("Token").fill(its.scene.tokens.dave ?? "");
    await bob.getByRole("button", { name: "Sign in" }).click();
    await bob.getByText("There is no such secret, or none that you may know of.").waitFor();
    await bob.context().close();
  });
});
