import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listenOnLoopback } from "../../../src/cli/frame/loopback.ts";
import { looks, violationsOf } from "../../support/browser/axe.ts";
import { findChromium, openBrowser } from "../../support/browser/chromium.ts";
import { noteComplaints, openContext, soon } from "../../support/browser/console.ts";
import { challengeOf, startLogins, type TestLogins, verifier } from "../../support/login/fixture.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("logging in at a provider (needs chromium on the PATH)", () => {
  let scene: TestLogins;
  let browser: Browser;
  const complaints: string[] = [];
  beforeAll(async () => {
    [scene, browser] = await Promise.all([startLogins(), openBrowser(executable ?? "")]);
  });
  afterAll(async () => {
    expect(complaints).toEqual([]);
    await browser?.close();
    await scene?.stop();
  });
  // The limits on one address are for a minute.
  beforeEach(() => scene.service.clock.advance(60_000));

  const openTab = async (context: BrowserContext) => {
    const page = await context.newPage();
    await noteComplaints(page, complaints);
    return page;
  };
  const openPage = async (options = {}) => openTab(await openContext(browser, scene.service.url, options));
  const places: string[] = [];
  const signIn = async (page: Page, subject = "sub-bob") => {
    scene.provider.signIn(subject);
    await page.goto(`${scene.service.url}/console/`);
    page.on("framenavigated", (frame) => places.push(frame.url()));
    await page.getByRole("link", { name: "Sign in with Acme" }).click();
    await page.getByRole("heading", { name: "Sign in as bob?" }).waitFor();
    await page.getByText("Bob Smith, tenant default").waitFor();
    await page.getByRole("button", { name: "Sign in as bob" }).click();
    await page.getByRole("heading", { name: "Secrets", exact: true }).waitFor();
  };
  /** As `oo` begins it. Without a port the person types a code. */
  const begin = (loopbackPort: number) =>
    scene.logins.beginLogin({ challenge: challengeOf(verifier), loopbackPort, client: "bob@laptop" });

  test("the page asks who signs in, and the session is there after a reload and in a second tab", async () => {
    const page = await openPage();
    await signIn(page);
    expect(page.url()).toBe(`${scene.service.url}/console/#/secrets`);
    await page.reload();
    await page.getByText("Bob Smith", { exact: true }).waitFor();
    const tab = await openTab(page.context());
    await tab.goto(`${scene.service.url}/console/#/audit`);
    await tab.getByRole("heading", { name: "Audit" }).waitFor();
    // The provider is at the same host, so the browser has its cookies as well.
    const cookies = await page.context().cookies(scene.service.url);
    expect(cookies.map(({ name }) => name).filter((name) => name.startsWith("oo_"))).toEqual(["oo_session"]);
    await page.context().close();
  });

  test("a person who says no, and one who is not let in, get a page that says so and no session", async () => {
    const page = await openPage();
    scene.provider.signIn(undefined);
    await page.goto(`${scene.service.url}/console/`);
    await page.getByRole("link", { name: "Sign in with Acme" }).click();
    await page.getByRole("heading", { name: "Not signed in" }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    scene.provider.setAccount("sub-guest", { email: "guest@acme.example", email_verified: true, groups: ["other"] });
    scene.provider.signIn("sub-guest");
    await page.goto(`${scene.service.url}/login/start?with=acme`);
    await page.getByRole("heading", { name: "Not signed in" }).waitFor();
    expect((await page.context().cookies(scene.service.url)).map(({ name }) => name)).not.toContain("oo_session");
    await page.context().close();
  });

  test("a logout at the provider signs the open page out, in every tab", async () => {
    // A logout of two minutes ago is too old.
    scene.service.clock.step(Date.now() - scene.service.clock.now());
    const page = await openPage();
    await signIn(page);
    const tab = await openTab(page.context());
    await tab.goto(`${scene.service.url}/console/`);
    await tab.getByRole("heading", { name: "Secrets", exact: true }).waitFor();
    const there = await page.context().newPage();
    await there.goto(`${scene.provider.issuer}/session/end?client_id=${scene.provider.clientId}`);
    await there.getByRole("button").first().click();
    for (const each of [page, tab]) await each.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.context().close();
  });

  test("signing out offers to sign out of the provider as well", async () => {
    const page = await openPage();
    await signIn(page);
    page.once("dialog", (dialog) => dialog.accept());
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.waitForURL(`${scene.provider.issuer}/session/end**`);
    await page.context().close();
  });

  test("a terminal on this machine gets a session when the person says yes, without a script on the page", async () => {
    const loopback = await listenOnLoopback();
    try {
      scene.provider.signIn("sub-bob");
      const { url, loginId } = await begin(loopback.port);
      const page = await openPage({ javaScriptEnabled: false });
      await page.goto(url);
      await page.getByRole("heading", { name: "Let this terminal act for bob of default?" }).waitFor();
      await page.getByText("which calls itself “bob@laptop”, wants a session of 8 hours.").waitFor();
      // Nothing of the login is left in the address.
      expect(page.url()).toBe(`${scene.service.url}/login/approve`);
      await page.getByRole("button", { name: "Yes, it is mine" }).click();
      await page.getByText("You are logged in. You can close this tab.").waitFor();
      const brought = await loopback.next(performance.now() + soon.timeout);
      const code = brought !== undefined && "code" in brought ? brought.code : "";
      const { who } = await scene.logins.finishLogin({ loginId, verifier, code });
      expect(who?.slug).toBe("bob");
      await page.context().close();
    } finally {
      loopback.close();
    }
  });

  test("a terminal elsewhere gets a session when its code was typed, and the person has signed in afresh", async () => {
    scene.provider.signIn("sub-bob");
    const { url, userCode, loginId } = await begin(0);
    const page = await openPage({ javaScriptEnabled: false });
    await page.goto(url);
    await page.getByLabel("Code").fill("BBBB-BBBB");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("No terminal waits for this code.").waitFor();
    await page.getByLabel("Code").fill(userCode.toLowerCase());
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("the code was on your own terminal").waitFor();
    await page.getByRole("button", { name: "Yes, it is mine" }).click();
    await page.getByText("You can go back to your terminal.").waitFor();
    expect((await scene.logins.finishLogin({ loginId, verifier })).who?.slug).toBe("bob");
    await page.context().close();
  });

  test.each(looks)("axe finds nothing on the pages of a login, %s, %d px wide", async (colorScheme, width) => {
    const page = await openPage({ colorScheme, viewport: { width, height: 900 } });
    const found: string[] = [];
    const look = async () => found.push(...(await violationsOf(page)).map((each) => `${page.url()}: ${each}`));
    scene.provider.signIn("sub-bob");
    const { url, userCode } = await begin(0);
    await page.goto(url);
    await look();
    await page.getByLabel("Code").fill(userCode);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "No", exact: true }).waitFor();
    await look();
    await page.getByRole("button", { name: "No", exact: true }).click();
    await page.getByText("The terminal gets nothing.").waitFor();
    await look();
    expect(found).toEqual([]);
    await page.context().close();
  });

  test("no place that the browser was at, and no cookie of a login, is left with a code or a token", () => {
    const own = places.filter((place) => place.startsWith(scene.service.url));
    expect(own.filter((place) => /oo_|handoff/.test(place))).toEqual([]);
    // The provider brings its code in the address, and the page with it is left at once.
    expect(own.filter((place) => place.includes("code=")).length).toBe(
      own.filter((place) => place.includes("/login/callback")).length,
    );
  });
});
