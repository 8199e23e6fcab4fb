import { createHash } from "node:crypto";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import {
  type ConsoleFixture,
  noteComplaints,
  readClipboard,
  signIn,
  soon,
  startConsole,
} from "../../support/browser/console.ts";

const executable = findChromium();

/** A device with one person, who always shows that they are there. */
interface Device {
  readonly page: Page;
  readonly devtools: CDPSession;
  addAuthenticator(transport: "internal" | "usb"): Promise<string>;
}

describe.skipIf(executable === undefined)("passkeys (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let origin: string;
  beforeAll(async () => {
    // The limit on one address is for a minute, and these tests sign in again and again.
    its = await startConsole(executable);
    // WebAuthn refuses addresses of digits.
    origin = `http://localhost:${new URL(its.service.url).port}`;
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });
  let device: Device;
  beforeEach(async () => {
    device = await openDevice();
    return () => device.page.context().close();
  });

  async function openDevice(): Promise<Device> {
    const context = await its.browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await noteComplaints(page, its.complaints);
    const devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    const addAuthenticator = async (transport: "internal" | "usb") => {
      const person = { hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
      const options = { protocol: "ctap2", transport, hasResidentKey: true, ...person } as const;
      return (await devtools.send("WebAuthn.addVirtualAuthenticator", { options })).authenticatorId;
    };
    return { page, devtools, addAuthenticator };
  }

  const invite = async (slug: string) => {
    await its.call("PUT", "users", { users: [{ slug, roles: ["payments"] }] });
    return String((await its.call("POST", "users/invite", { slug })).url);
  };
  /** Opens an invitation, makes a passkey, and signs in. */
  const accept = async ({ page }: Device, slug: string, name: string) => {
    await page.goto(await invite(slug));
    await page.getByLabel("Name of the passkey").fill(name);
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByRole("button", { name: `Sign in as ${slug}` }).click();
    await page.getByText(/^Session ends in /).waitFor();
  };

  test("an invited person makes one, and signs in with it from then on, without a name", async () => {
    await device.addAuthenticator("internal");
    const { page } = device;
    const url = await invite("bob");
    await page.goto(url);
    await page.getByText("Make a passkey, and sign in with it as bob of the tenant default.").waitFor();
    expect(page.url()).toBe(`${origin}/login/invite`);
    await page.getByLabel("Name of the passkey").fill("Bob's laptop");
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByRole("heading", { name: "Sign in as bob?" }).waitFor();
    expect(page.url()).not.toContain("handoff");
    await page.getByRole("button", { name: "Sign in as bob" }).click();
    await page.getByText(/^Session ends in /).waitFor();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText(/^Session ends in /).waitFor();
    await page.goto("about:blank");
    await page.goto(url);
    await page.getByText("This invitation was used or replaced, or has expired").waitFor();
    expect(await page.getByRole("link", { name: "Go to the sign-in" }).getAttribute("href")).toBe("/console/");
    expect(await page.getByRole("button", { name: "Make a passkey" }).isVisible()).toBe(false);
  });

  test("a person makes a second one with a name, and removes the first", async () => {
    const first = await device.addAuthenticator("internal");
    await accept(device, "carol", "laptop");
    const { page, devtools } = device;
    await page.goto(`${origin}/console/#/people`);
    await page.getByText("Make a second one").waitFor();
    const make = async () => {
      await page.getByRole("button", { name: "Make a passkey" }).click();
      await page.getByLabel("Name of the passkey").fill("key at home");
      await page.getByRole("button", { name: "Make", exact: true }).click();
    };
    await make();
    await page.getByText("This device has a passkey of yours already.").waitFor();
    await page.getByRole("button", { name: "Try another device" }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: first });
    await device.addAuthenticator("usb");
    await make();
    await page.getByRole("button", { name: "Remove… key at home" }).waitFor();
    await page.getByRole("button", { name: "Remove… laptop" }).click();
    await page.getByRole("button", { name: "Remove it" }).click();
    // The session began with that one.
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("Make a second one").waitFor();
    expect(await page.getByRole("button", { name: /^Remove/ }).allTextContents()).toEqual(["Remove… key at home"]);
    await page.goto("about:blank");
    await page.goto(await invite("carol"));
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByText("Sign in with it, or use another device or a security key.").waitFor();
    await page.getByRole("button", { name: "Try another device" }).waitFor();
  });

  test("a passkey that was removed says so, and the token is still there to use", async () => {
    await device.addAuthenticator("internal");
    await accept(device, "dora", "laptop");
    const { page } = device;
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    const { passkeys } = (await its.call("POST", "passkeys", { slug: "dora" })) as { passkeys: { id: string }[] };
    await its.call("DELETE", "passkeys", { slug: "dora", id: passkeys[0]?.id ?? "" });
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("This passkey is not known here").waitFor();
    await page.getByRole("button", { name: "Use a token instead" }).click();
    await page.getByLabel("Token").waitFor();
  });

  test("an admin invites in the page, sees the passkeys of a user, and removes one", async () => {
    await device.addAuthenticator("internal");
    await accept(device, "emma", "laptop");
    const page = await its.open();
    await page.goto(`${its.service.url}/console/#/people`);
    await page.getByRole("button", { name: "emma" }).click();
    await page.getByRole("heading", { name: "1 passkey" }).waitFor();
    await page.getByText("A passkey was made with it just now.").waitFor();
    await page.getByRole("button", { name: "Invite again" }).click();
    const link = page.getByText(`${origin}/login/invite#default_emma_`);
    await link.waitFor();
    await page.getByText("It opens only on the machine of the service").waitFor();
    // The only copy of it survives the form of the roles, and is not closed without a question.
    const url = await link.textContent();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Edit" }).click();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect(await link.textContent()).toBe(url);
    await dialog.getByRole("button", { name: "Edit" }).click();
    await dialog.getByLabel("Add a role").fill("designers");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("designers, payments", { exact: true }).waitFor();
    expect([await link.textContent(), await link.isVisible()]).toEqual([url, true]);
    const asked: string[] = [];
    page.once("dialog", async (question) => {
      asked.push(question.message());
      await question.dismiss();
    });
    await page.keyboard.press("Escape");
    await expect
      .poll(() => asked)
      .toEqual(["Close it? The link of the invitation is not copied, and not shown again."]);
    await page.getByRole("button", { name: "Copy the link" }).click();
    await page.getByText("It stays in the clipboard").waitFor();
    expect(await readClipboard(page)).toBe(await link.textContent());
    const guest = await openDevice();
    await guest.page.goto(String(await link.textContent()));
    await guest.page.getByText("as emma of the tenant default").waitFor();
    await guest.page.context().close();
    await page.getByText(/It can be used once, and expires in 23 hours: .* UTC\.$/).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("row", { name: /^emma open invitation/ }).waitFor();
    // What is open is there to be taken back later also.
    await page.getByRole("button", { name: "emma" }).click();
    await page.getByRole("button", { name: "Take back… the invitation" }).click();
    await page.getByRole("button", { name: "Take it back" }).click();
    await page.getByText("No invitation.").waitFor();
    await page.getByRole("button", { name: "Remove… laptop" }).click();
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.getByRole("heading", { name: "No passkeys" }).waitFor();
    await expect.poll(() => device.page.getByRole("heading", { name: "Sign in" }).isVisible(), soon).toBe(true);
    await page.context().close();
  });

  test("a terminal is logged in with a passkey", async () => {
    await device.addAuthenticator("internal");
    await accept(device, "gina", "laptop");
    const { page } = device;
    const challenge = createHash("sha256").update("v".repeat(43)).digest("base64url");
    const begun = await its.call("POST", "login/begin", { challenge, loopbackPort: 0, client: "gina@laptop" });
    await page.goto(String(begun.url));
    await page.getByLabel("Code").fill(String(begun.userCode));
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText("Let this terminal act for gina of default?").waitFor();
    await page.getByRole("button", { name: "Yes, it is mine" }).click();
    await page.getByText("You can go back to your terminal.").waitFor();
    const answer = await its.call("POST", "login/finish", { loginId: begun.loginId, verifier: "v".repeat(43) });
    expect(answer.who).toMatchObject({ slug: "gina" });
  });

  test("where passkeys cannot be, none is offered, and the sign-in and an invitation say where they are", async () => {
    const { page } = device;
    const url = new URL(await invite("fred"));
    await page.goto(`${its.service.url}/login/invite${url.hash}`);
    await page.getByText(`Passkeys are at ${origin}`).waitFor();
    await page.goto(`${its.service.url}/console/`);
    await page.getByLabel("Token").waitFor();
    expect(await page.getByRole("button", { name: "Sign in with a passkey" }).count()).toBe(0);
    await page.getByText(`To sign in with a passkey, open ${new URL(origin).host} instead.`).waitFor();
    expect(await page.getByRole("link", { name: new URL(origin).host }).getAttribute("href")).toBe(
      `${origin}/console/`,
    );
    await signIn(page, its.service.adminToken);
    await page.goto(`${its.service.url}/console/#/people/you`);
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByText("Passkeys are at localhost: open this page there.").waitFor();
    expect(await page.getByRole("button", { name: "Make", exact: true }).isDisabled()).toBe(true);
  });
});
