import type { Dialog, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, soon, startConsole } from "../../support/browser/console.ts";
import { holdCall } from "../../support/browser/hold.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("people, health and compare (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let page: Page;
  beforeAll(async () => {
    its = await startConsole(executable);
    page = await its.open();
    await page.getByRole("link", { name: "People" }).click();
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test("a person is added, gets a role, and is removed", async () => {
    await page.getByRole("button", { name: "Add user" }).click();
    await page.getByLabel("Name", { exact: true }).fill("frank");
    const dialog = page.getByRole("dialog");
    for (const role of ["payments", "platform, on-call"]) {
      await dialog.getByLabel("Add a role").fill(role);
      await dialog.getByRole("button", { name: "Add role" }).click();
    }
    await dialog.getByRole("button", { name: "Remove the role platform" }).click();
    // What was typed counts also without the button.
    await dialog.getByLabel("Add a role").fill("auditors");
    await dialog.getByRole("button", { name: "Add user" }).click();
    await page.getByRole("row", { name: /^frank/ }).waitFor();
    await page
      .getByRole("row", { name: /^frank/ })
      .getByRole("button", { name: "payments" })
      .click();
    await dialog.getByText("4 members").waitFor();
    await page.keyboard.press("Escape");
    const { users } = (await its.call("POST", "users", {})) as { users: { slug: string; roles: string[] }[] };
    expect(users.find(({ slug }) => slug === "frank")?.roles).toEqual(["auditors", "on-call", "payments"]);
    await page.getByRole("button", { name: "frank" }).click();
    // What is typed is in a form of its own, and nothing of it is stored before it is saved.
    await dialog.getByRole("button", { name: "Edit" }).click();
    await dialog.getByRole("button", { name: "Remove the role on-call" }).click();
    await dialog.getByRole("checkbox", { name: /^Admin/ }).check();
    expect(await dialog.getByRole("button").allInnerTexts()).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/Invite|Sign out|Remove user/)]),
    );
    await dialog.getByRole("button", { name: "Save" }).click();
    // Back to where it is shown, which is where the form began.
    await dialog.getByText("yes: every right on every secret of the tenant").waitFor();
    expect(await dialog.getByRole("checkbox").count()).toBe(0);
    expect(await dialog.getByRole("textbox").count()).toBe(0);
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("row", { name: /^frank admin auditors/ }).waitFor();
    await page.getByRole("button", { name: "frank" }).click();
    await page.getByRole("button", { name: "Remove user…" }).click();
    await page.getByRole("button", { name: "Remove frank" }).click();
    await page.getByRole("row", { name: /^frank/ }).waitFor({ state: "detached" });
  });

  test("users and tokens are found by what is typed, a part of the page at a time, and a link leads to each part", async () => {
    const users = Array.from({ length: 60 }, (_, at) => ({ slug: `svc-${at}`, roles: ["robots"] }));
    await its.call("PUT", "users", { users });
    const fresh = await its.open();
    await fresh.getByRole("link", { name: "People" }).click();
    const parts = fresh.getByRole("navigation", { name: "Parts of this page" });
    await parts.getByRole("link", { name: "Users 66" }).waitFor();
    const rows = fresh.getByRole("region", { name: "Users" }).getByRole("row");
    expect(await rows.count()).toBe(51);
    await fresh.getByText("50 of 66 users").waitFor();
    await fresh.getByRole("button", { name: "Show more" }).click();
    expect(await rows.count()).toBe(67);
    await fresh.getByLabel("Find in users").fill("ROBOTS svc-7");
    await parts.getByRole("link", { name: "Users 1" }).waitFor();
    expect(await rows.nth(1).innerText()).toMatch(/^svc-7\b/);
    expect(await fresh.getByRole("region", { name: "Tokens and sessions" }).count()).toBe(0);
    await fresh.getByLabel("Find in users").fill("console of er");
    await fresh.getByText("Nothing matches").waitFor();
    await parts.getByRole("link", { name: "Tokens and sessions 1" }).click();
    await fresh.getByRole("row", { name: /^erin/ }).waitFor();
    expect(new URL(fresh.url()).hash).toBe("#/people/tokens");
    await fresh.reload();
    await fresh.getByRole("region", { name: "Tokens and sessions", exact: true }).waitFor();
    await fresh.context().close();
    await its.call("DELETE", "users", { slugs: users.map(({ slug }) => slug) });
  });

  test("secrets on which a role has the same rights are one group, folded when they are many", async () => {
    await page.getByRole("button", { name: "payments", exact: true }).first().click();
    const dialog = page.getByRole("dialog");
    const group = dialog.getByRole("group");
    await dialog.getByText("45 secrets:", { exact: true }).waitFor();
    expect(await group.count()).toBe(1);
    const secret = dialog.getByRole("link", { name: "SMTP_PASSWORD" }).first();
    expect(await secret.isVisible()).toBe(false);
    await dialog.getByText(/may read the value(?:,| and) may change the value and the metadata/).click();
    await secret.click();
    await page.getByRole("heading", { name: "Value", exact: true }).waitFor();
    expect(new URL(page.url()).hash).toBe("#/secret/prod/shared/SMTP_PASSWORD");
    await page.getByRole("link", { name: "People" }).click();
  });

  const goToPart = (name: RegExp) =>
    page.getByRole("navigation", { name: "Parts of this page" }).getByRole("link", { name }).click();

  test("of a token and a session it says when it was created and expires, and that its last use is not stored", async () => {
    await goToPart(/^Tokens/);
    await page.getByText("When one of them was last used is not stored.").waitFor();
    const heads = page.getByRole("region", { name: "Tokens and sessions" }).getByRole("columnheader");
    expect(await heads.allInnerTexts()).toEqual(expect.arrayContaining(["Created", "Expires"]));
  });

  test("a token says what it could do before it exists, and is shown once", async () => {
    await page.getByRole("button", { name: "New token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog
      .getByText(/^It acts as an admin: it could do everything that \S+ may, on every secret of the tenant\.$/)
      .waitFor();
    await dialog.getByRole("button", { name: "Narrow it" }).click();
    await dialog.getByLabel("Keys 1").fill("prod/checkout/*");
    await dialog.getByText("It could read 5 secrets today, and later ones that match prod/checkout/*.").waitFor();
    await dialog.getByLabel("Description").fill("deploy job");
    await dialog.getByText(/^With this session · Time zone /).waitFor();
    await dialog.getByRole("button", { name: "In 4 hours" }).click();
    await dialog.getByText(/ UTC · in [34] hours · Time zone/).waitFor();
    expect(await dialog.getByRole("button", { name: "In 1 day" }).count()).toBe(0);
    // What was chosen, the token that is being made and the one that was made are not lost without a question.
    const asked: string[] = [];
    const uncopied = "Close it? The token is not copied, and not shown again.";
    const dismiss = async (question: Dialog) => {
      asked.push(question.message());
      await question.dismiss();
    };
    page.on("dialog", dismiss);
    await page.keyboard.press("Escape");
    await expect.poll(() => asked).toEqual(["Discard what you typed?"]);
    const made = await holdCall(page, "CreateToken");
    await dialog.getByRole("button", { name: "Create the token" }).click();
    await made.reached;
    for (const name of ["Cancel", "Close"]) expect(await dialog.getByRole("button", { name }).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await made.release();
    await dialog.getByText("Copy the token now: it is not shown again.").waitFor();
    const token = await dialog.getByText(/^oo_/).innerText();
    expect(token).toMatch(/^oo_[A-Za-z0-9_-]{43}$/);
    await dialog.getByRole("button", { name: "Close" }).click();
    await expect.poll(() => asked).toEqual(["Discard what you typed?", uncopied]);
    expect(await dialog.getByText(token).isVisible()).toBe(true);
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect.poll(() => asked.slice(2)).toEqual([uncopied]);
    await dialog.getByText(/^deploy job \(tok_\w+\), of admin, expires in .* UTC$/).waitFor();
    await dialog.getByText("It could read 5 secrets today").waitFor();
    await dialog.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByText("Copied. It stays in the clipboard").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(asked).toHaveLength(3);
    page.off("dialog", dismiss);
    expect(await page.content()).not.toContain(token);
    const tokens = page.getByRole("region", { name: "Tokens and sessions" }).getByRole("row");
    await expect.poll(async () => (await tokens.allInnerTexts())[1]).toContain("this one");
    const row = page.getByRole("row", { name: /deploy job/ });
    expect(await row.innerText()).toContain("read: prod/checkout/*");
    await row.getByRole("button", { name: /^Revoke/ }).click();
    await row.getByRole("button", { name: "Keep it" }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Revoke… tok_/);
    await row.getByRole("button", { name: /^Revoke/ }).click();
    await row.getByRole("button", { name: "Revoke it" }).click();
    await row.waitFor({ state: "detached" });
  });

  test("a person is signed out everywhere", async () => {
    const erin = await its.open(its.scene.tokens.erin);
    await goToPart(/^Users/);
    await page.getByRole("button", { name: "erin" }).click();
    await page.getByRole("button", { name: "Sign out everywhere…" }).click();
    await page.getByRole("button", { name: "Sign out erin" }).click();
    await page.getByText("1 session ended.").waitFor();
    await erin.getByRole("heading", { name: "Sign in" }).waitFor();
    await erin.context().close();
  });

  test("a permit is saved and removed, and one that is wrong says why", async () => {
    await goToPart(/^Permits/);
    const [name, keys] = [page.getByLabel("User or role of the permit"), page.getByLabel("Keys that it may create")];
    const save = page.getByRole("button", { name: "Save permit" });
    await name.fill("payments");
    await keys.fill("prod/pay ments/*");
    await save.click();
    await page
      .getByRole("alert")
      .getByText(/pattern/i)
      .waitFor();
    await keys.fill("prod/payments/*");
    await save.click();
    const row = page.getByRole("row", { name: /payments prod\/payments\/\*/ });
    await row.waitFor();
    await page.getByRole("heading", { name: "1 permit" }).waitFor();
    const erin = await its.open(its.scene.tokens.erin);
    await erin.getByRole("link", { name: "You" }).click();
    await erin.getByText("this one").waitFor();
    expect(await erin.getByText("permit").count()).toBe(0);
    await erin.context().close();
    await row.getByRole("button", { name: /^Remove/ }).click();
    await row.getByRole("button", { name: "Remove it" }).click();
    await page.getByText("There are none yet.").waitFor();
  });

  test("on a phone, every place says who one is, and has the way out; each place lights its own tab", async () => {
    const phone = await its.open(its.scene.tokens.alice, { viewport: { width: 390, height: 800 } });
    const out = phone.getByRole("button", { name: "Sign out", exact: true });
    for (const place of ["Secrets", "Import", "Compare", "Audit", "People"]) {
      const link = phone.getByRole("link", { name: place, exact: true });
      expect(await link.count(), place).toBe(1);
      await link.click();
      await phone.getByRole("heading", { name: place, exact: true, level: 1 }).waitFor();
      expect(await phone.getByRole("navigation", { name: "Places" }).locator("[aria-current]").allInnerTexts()).toEqual(
        [place],
      );
      expect(await phone.getByRole("banner").innerText(), place).toMatch(/alice\s+Tenant default/);
      expect(await out.count(), place).toBe(1);
    }
    await out.click();
    await phone.getByText("You have signed out.").waitFor();
    await phone.context().close();
  });

  test("a window of any width that is not a phone's says who one is, in which tenant, and what each place is", async () => {
    for (const width of [1440, 1024, 700]) {
      const narrow = await its.open(its.scene.tokens.alice, { viewport: { width, height: 800 } });
      const rail = narrow.getByRole("navigation", { name: "Places" });
      for (const text of ["alice", "Tenant default", "Admin", "Secrets", "Audit", "Sign out"]) {
        expect(await rail.getByText(text, { exact: true }).isVisible(), `${text}, ${width} px`).toBe(true);
      }
      await narrow.context().close();
    }
  });

  test("a session that ends within the hour says so at every width", async () => {
    const { secret } = await its.call("PUT", "tokens", { slug: "alice", ttl: "1800s" });
    for (const width of [1440, 1024, 390]) {
      const soonOver = await its.open(String(secret), { viewport: { width, height: 800 } });
      const words = soonOver.getByText(/^Session ends in \d+ min\.$/);
      await expect.poll(async () => (await words.all()).length, soon).toBeGreaterThan(0);
      const seen = await Promise.all((await words.all()).map((each) => each.isVisible()));
      expect(seen.filter(Boolean), `${width} px`).toHaveLength(1);
      await soonOver.context().close();
    }
  });

  test("a narrowed session sees who it is, and manages no one", async () => {
    const grants = [{ action: "read", keyPatterns: ["prod/*"] }];
    const { secret } = await its.call("PUT", "tokens", { slug: "alice", grants });
    const narrowed = await its.open(String(secret));
    await narrowed.getByRole("link", { name: "You" }).click();
    await narrowed.getByText("it manages neither people nor tokens").waitFor();
    expect(await narrowed.getByRole("region", { name: "Users" }).count()).toBe(0);
    await narrowed.context().close();
  });

  test("others than admins see their own sessions and tokens", async () => {
    const dave = await its.open(its.scene.tokens.dave);
    await dave.getByRole("link", { name: "You" }).click();
    await dave.getByText("this one").waitFor();
    expect(await dave.getByRole("columnheader", { name: "User" }).count()).toBe(0);
    expect(await dave.getByRole("link", { name: "Health" }).count()).toBe(0);
    await dave.context().close();
  });

  test("operators see findings, keys and tenants", async () => {
    await page.getByRole("link", { name: "Health" }).click();
    await page.getByRole("heading", { name: "Encryption keys" }).waitFor();
    await page.getByRole("row", { name: /default/ }).waitFor();
    await page.getByRole("heading", { name: "Findings" }).waitFor();
    await page.locator("code").getByText("SECRET_SVC_REFLECTION=off", { exact: true }).waitFor();
  });

  test("compare finds what a folder lacks, and proposes it without values", async () => {
    await page.getByRole("link", { name: "Compare" }).click();
    await page.getByLabel("Compare folder").fill("prod");
    await page.getByLabel("With folder").fill("staging");
    await page.getByRole("heading", { name: "1 key missing in staging" }).waitFor();
    await page.getByText("No value is copied: you type a new one for each name.").waitFor();
    await page.getByText("14 names in both (values are not compared)").waitFor();
    await page.getByRole("button", { name: "Add it to staging…" }).click();
    const text = () => page.getByLabel("File", { exact: true }).inputValue();
    await expect.poll(text, soon).toBe('- key: storefront/CDN_SIGNING_KEY\n  value: ""\n');
    expect(await page.getByLabel("Put the keys under").inputValue()).toBe("staging");
  });
});
