import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callerOf } from "../../../scripts/console/scene.ts";
import { findChromium, openBrowser } from "../../support/browser/chromium.ts";
import { noteComplaints } from "../../support/browser/console.ts";
import { type ServerInProcess, startServerInProcess } from "../../support/server-in-process.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("an invitation with the console off (needs chromium on the PATH)", () => {
  let service: ServerInProcess;
  let browser: Browser;
  beforeAll(async () => {
    const env = { SECRET_SVC_CONSOLE: "off" };
    [service, browser] = await Promise.all([startServerInProcess({ env }), openBrowser(executable ?? "")]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  test("the passkey is made, the page says so, and leads to no console", async () => {
    const call = callerOf(service.url, service.adminToken);
    await call("PUT", "users", { users: [{ slug: "gina" }] });
    const { url } = await call("POST", "users/invite", { slug: "gina" });
    const page = await (await browser.newContext()).newPage();
    const complaints: string[] = [];
    await noteComplaints(page, complaints);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    const person = { hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, ...person } as const;
    await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
    await page.goto(String(url));
    await page.getByLabel("Name of the passkey").fill("phone");
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByText("You can close this page, and log in with it from now on.").waitFor();
    const origin = new URL(String(url)).origin;
    expect(page.url()).toMatch(`${origin}/login/invite`);
    expect((await fetch(`${service.url}/console/`)).status).toBe(404);
    const { passkeys } = await call("POST", "passkeys", { slug: "gina" });
    expect(passkeys).toMatchObject([{ name: "phone" }]);
    expect(complaints).toEqual([]);
  });
});
