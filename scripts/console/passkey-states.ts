import type { Page } from "playwright-core";
import type { CallPath } from "./scene.ts";

/**
 * Goes through the screens about passkeys, with an authenticator that the browser makes up. `origin` is where passkeys
 * work, and `slug` a new user.
 */
export async function visitPasskeyStates(
  page: Page,
  { origin, call, slug }: { readonly origin: string; readonly call: CallPath; readonly slug: string },
  show: (state: string) => Promise<void>,
): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const person = { hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, ...person },
  });
  await call("PUT", "users", { users: [{ slug, roles: ["platform"] }] });
  const { url } = await call("POST", "users/invite", { slug });
  await page.goto(String(url));
  await page.getByLabel("Name of the passkey").fill("Laptop at work");
  await show("passkey-invitation");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await page.getByRole("button", { name: `Sign in as ${slug}` }).waitFor();
  await show("passkey-accepted");
  await page.getByRole("button", { name: `Sign in as ${slug}` }).click();
  await page.getByRole("link", { name: "Secrets", exact: true }).waitFor();
  await page.goto("about:blank");
  await page.goto(`${origin}/console/#/people`);
  await page.getByText("Make a second one").waitFor();
  await show("passkeys-own");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await page.getByLabel("Name of the passkey").fill("Key at home");
  await show("passkey-make");
  await page.getByRole("button", { name: "Make", exact: true }).click();
  await page.getByText("This device has a passkey of yours already.").waitFor();
  await show("passkey-made-before");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
  await show("passkey-sign-in");
  await page.goto(`${origin.replace("localhost", "127.0.0.1")}/console/`);
  await page.getByText("To sign in with a passkey, open").waitFor();
  await show("passkey-sign-in-elsewhere");
  await page.goto("about:blank");
  await page.goto(String(url));
  await page.getByText("This invitation was used").waitFor();
  await show("passkey-invitation-over");
}

/** How an admin sees the passkeys of a user, and invites them. */
export async function visitInviting(page: Page, slug: string, show: (state: string) => Promise<void>): Promise<void> {
  await page.getByRole("button", { name: slug, exact: true }).click();
  await page.getByRole("heading", { name: "1 passkey" }).waitFor();
  await page.getByRole("button", { name: /^Invite/ }).click();
  await page.getByText("/login/invite#").waitFor();
  await show("user-invited");
}
