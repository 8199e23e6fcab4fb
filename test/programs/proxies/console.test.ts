import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeScene } from "../../../scripts/console/scene.ts";
import { findChromium, openBrowser } from "../../support/browser/chromium.ts";
import { noteComplaints, openContext } from "../../support/browser/console.ts";
import { doMainTasks } from "../../support/browser/main-tasks.ts";
import { people } from "../../support/login/fixture.ts";
import { loginFile } from "../../support/login/issuer-file.ts";
import { startProvider, type TestProvider } from "../../support/login/provider.ts";
import { type BehindProxy, callerThrough, startBehindProxy } from "../../support/programs/behind-proxy.ts";
import { needDebianProgram, nginx } from "../../support/programs/debian-program.ts";
import { nginxWith } from "../../support/programs/nginx.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("the console behind nginx (needs chromium on the PATH)", () => {
  const folder = mkdtempSync(join(tmpdir(), "console-behind-"));
  const complaints: string[] = [];
  let provider: TestProvider;
  let behind: BehindProxy | undefined;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    provider = await startProvider();
    browser = await openBrowser(executable ?? "");
    writeFileSync(join(folder, "acme.secret"), provider.clientSecret, { mode: 0o600 });
    const scopes = { "login.scopes": "[openid, email, profile, groups]" };
    writeFileSync(join(folder, "issuers.yaml"), loginFile({ issuer: provider.issuer, ...scopes }));
  });
  // Not before all: only a test can be skipped.
  beforeEach(async (context) => {
    if (behind !== undefined) return;
    const settings = (port: number) => ({
      SECRET_SVC_FORWARDED_HEADER: "x-forwarded-for",
      SECRET_SVC_URL: `https://localhost:${port}`,
      SECRET_SVC_ISSUERS: join(folder, "issuers.yaml"),
    });
    behind = await startBehindProxy(nginxWith("http", "nginx-http", settings), await needDebianProgram(context, nginx));
    url = behind.url.replace("127.0.0.1", "localhost");
    provider.serve(url);
    provider.setAccount("sub-frank", { ...people.bob, email: "frank@acme.example" });
    provider.signIn("sub-frank");
  });
  afterAll(async () => {
    await browser?.close();
    await behind?.stop();
    await provider?.close();
    rmSync(folder, { recursive: true });
    expect(complaints).toEqual([]);
  });

  const openPage = async () => {
    const page = await (await openContext(browser, url)).newPage();
    await noteComplaints(page, complaints);
    return page;
  };

  test("people log in at a provider, and the cookie is bound to the name of the proxy", async () => {
    const page = await openPage();
    await page.goto(`${url}/console/`);
    await page.getByRole("link", { name: "Sign in with Acme" }).click();
    await page.getByRole("button", { name: "Sign in as frank" }).click();
    await page.getByText("no secrets yet").waitFor();
    const protocols = () =>
      performance.getEntriesByType("navigation").map((entry) => "nextHopProtocol" in entry && entry.nextHopProtocol);
    expect(await page.evaluate(protocols)).toEqual(["h2"]);
    expect(await page.context().cookies(url)).toMatchObject([
      { name: "__Host-oo_session", domain: "localhost", secure: true, httpOnly: true },
    ]);
    await page.context().close();
  });

  test("does everything that it does without a proxy, the changes as they happen included", async () => {
    if (behind === undefined) throw new Error("nginx has not started");
    const call = callerThrough(behind, behind.adminToken);
    await makeScene(call);
    const page = await openPage();
    await page.goto(`${url}/console/`);
    await page.getByRole("button", { name: "Use a token instead" }).click();
    await doMainTasks(page, call, behind.adminToken);
    await page.context().close();
  });

  test("threat 182: under another name than the one that people know, there is no page", async () => {
    const page = await openPage();
    const answer = await page.goto(`${behind?.url}/console/`);
    expect(answer?.status()).toBe(421);
    await page.context().close();
  });
});
