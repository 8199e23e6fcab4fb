import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, countRecords, openSecret, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();
const key = "prod/checkout/DATABASE_URL";

describe.skipIf(executable === undefined)("editing (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  let page: Page;
  beforeAll(async () => {
    its = await startConsole(executable);
    page = await its.open();
    page.on("dialog", (dialog) => dialog.accept());
    await openSecret(page, key);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  const dialog = () => page.getByRole("dialog");
  const box = (name: string) => dialog().getByRole("checkbox", { name });
  const stored = async (name = key) => {
    const { secrets } = (await its.call("POST", "secrets", { keys: [name], view: "SECRET_VIEW_METADATA" })) as {
      secrets: { version: number; readers: string[]; writers: string[]; metadata: Record<string, string> }[];
    };
    return secrets[0];
  };

  test("reviewing stores nothing; any input goes back to it; saving stores what was reviewed", async () => {
    await page.getByRole("button", { name: "Edit" }).click();
    await dialog().getByLabel("New value").fill("postgres://new");
    await dialog().getByLabel("Add a user or role").fill("erin");
    await dialog().getByRole("button", { name: "Add as reader" }).click();
    await box("erin may read the value").uncheck();
    // A name that is in no list any more is still there to be put into another one.
    await box("erin may remove the secret").check();
    await box("erin may remove the secret").uncheck();
    // What is typed when it is reviewed counts also without the button.
    await dialog().getByLabel("Add a user or role").fill("dave");
    await box("payments may change the value and the metadata").uncheck();
    // Not by their colour alone.
    await dialog().getByRole("checkbox", { name: "may change the value and the metadata, removed" }).waitFor();
    const signs = (name: string) =>
      dialog().locator(".grid tr", { hasText: name }).last().locator(".sign").allInnerTexts();
    expect(await signs("erin")).toEqual(["−"]);
    // Its members lose the right, although their own names were never in the list.
    expect(await signs("checkout-svc")).toEqual(["−"]);
    await dialog().getByRole("button", { name: "Review" }).click();
    const changes = dialog().getByText("What will change").locator("..");
    await changes.waitFor();
    expect(await changes.getAttribute("class")).toBe("changes losses");
    const words = await changes.innerText();
    expect(words).toContain("A new value, read by checkout-svc, dave, payments and admins");
    expect(words).toContain("dave gains read");
    expect(words).toContain("erin loses write");
    expect(await stored()).toMatchObject({ version: 1 });
    expect(await countRecords(its.call, "secret.save", key)).toBe(1);
    // Nothing can be typed while it is read.
    expect(await dialog().getByRole("textbox").count()).toBe(0);
    expect(await dialog().getByRole("checkbox").count()).toBe(0);
    await dialog().getByRole("button", { name: "Back to editing" }).click();
    expect(await dialog().getByText("What will change").count()).toBe(0);
    expect(
      await dialog()
        .getByRole("button", { name: /Save version/ })
        .count(),
    ).toBe(0);
    await dialog().getByLabel("New value").pressSequentially("!");
    await dialog().getByRole("button", { name: "Review" }).click();
    await dialog().getByRole("button", { name: "Save version 2" }).click();
    await page.getByText("Version 2 is saved.").waitFor();
    expect(await stored()).toMatchObject({ version: 2, readers: ["checkout-svc", "dave", "payments"], writers: [] });
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByText("postgres://new!").waitFor();
  });

  test("a value is typed in dots until someone asks to see it", async () => {
    await page.getByRole("button", { name: "Edit" }).click();
    const field = dialog().getByLabel("New value");
    const dots = () => field.evaluate((area) => getComputedStyle(area).getPropertyValue("-webkit-text-security"));
    expect(await dots()).toBe("disc");
    await dialog().getByRole("button", { name: "Show what is typed" }).click();
    expect(await dots()).toBe("none");
    await dialog().getByRole("button", { name: "Hide what is typed", pressed: true }).click();
    expect(await dots()).toBe("disc");
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
  });

  test("who keeps a right by a role is said when their name leaves the list, and an end that stays is said", async () => {
    const other = "prod/checkout/STRIPE_SECRET_KEY";
    await openSecret(page, other);
    await page.getByRole("button", { name: "Edit" }).click();
    await dialog()
      .getByRole("heading", { name: `Edit ${other} · version 6` })
      .waitFor();
    await box("checkout-svc may read the value").uncheck();
    await dialog().getByText("checkout-svc still may read the value: by payments").waitFor();
    await box("payments may read the value").uncheck();
    await dialog().getByText("checkout-svc still may").waitFor({ state: "detached" });
    await box("payments may read the value").check();
    await dialog().getByLabel("New value").fill("sk_live_rotated");
    // A name with a meaning cannot be edited.
    expect(
      await dialog()
        .getByLabel(/^Name \d/)
        .count(),
    ).toBe(1);
    await dialog().getByLabel("Text of issuer").fill("stripe.example");
    await dialog().getByRole("button", { name: "Review" }).click();
    const words = await dialog().getByText("What will change").locator("..").innerText();
    const end = new Date(Date.now() + 8 * 86_400_000).toISOString().slice(0, 10);
    expect(words).toContain("A new value, read by dave, payments and admins");
    expect(words).toContain(`It still expires: ${end}, until the end of the day (UTC) (in 8 days)`);
    expect(words).toContain("issuer: stripe.com is now stripe.example");
    expect(words).toContain("No one gains or loses a right");
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await openSecret(page, key);
  });

  test("threat 184: what another person saved meanwhile is merged, never undone", async () => {
    await page.getByRole("button", { name: "Edit" }).click();
    await dialog().getByRole("button", { name: "Add a pair" }).click();
    await dialog().getByLabel("Name 1", { exact: true }).fill("team");
    await dialog().getByLabel("Text of team").fill("payments");
    await its.call("PUT", "secrets", {
      secrets: [{ key, value: "theirs", readers: ["payments", "erin"], metadata: { note: "theirs" } }],
    });
    await dialog().getByText("saved version 3 while you were editing").waitFor();
    const theirs = await dialog().locator(".theirs li").allInnerTexts();
    expect(theirs.map((line) => line.replaceAll(/\s+/g, " ").trim())).toEqual([
      "The value is another one",
      "note: added as theirs",
      "Readers: +erin −checkout-svc −dave",
    ]);
    expect(await dialog().innerHTML()).not.toContain("value=theirs");
    const marked = dialog()
      .getByRole("row")
      .filter({ has: page.locator(".stale") });
    expect((await marked.allInnerTexts()).map((row) => row.split(/\s+/)[0])).toEqual(["checkout-svc", "dave", "erin"]);
    expect(await dialog().getByText("So did you").count()).toBe(0);
    await dialog().getByLabel("New value").fill("mine");
    expect(await dialog().getByRole("button", { name: "Review" }).isDisabled()).toBe(true);
    await dialog().getByText("Continue from version 3 to review").waitFor();
    await dialog().getByRole("button", { name: "Continue from version 3" }).click();
    await dialog().getByText("Both of you changed the value. What you typed is in the fields.").waitFor();
    await dialog().getByLabel("New value").fill("");
    await dialog().getByRole("button", { name: "Review" }).click();
    await dialog().getByRole("button", { name: "Save version 4" }).click();
    await page.getByText("Version 4 is saved.").waitFor();
    expect(await stored()).toMatchObject({
      readers: ["erin", "payments"],
      metadata: { note: "theirs", team: "payments" },
    });
  });

  test("the fields of a pair say what they are, on a phone each next to its own", async () => {
    const phone = await its.open(undefined, { viewport: { width: 390, height: 844 } });
    for (const on of [page, phone]) {
      await openSecret(on, key);
      await on.getByRole("button", { name: "Edit" }).click();
      await on.getByRole("button", { name: "Add a pair" }).click();
      const words = await on.getByRole("dialog").getByText("Name", { exact: true }).all();
      const seen = await Promise.all(words.map((each) => each.isVisible()));
      expect(seen.filter(Boolean)).toHaveLength(on === page ? 1 : words.length - 1);
    }
    const boxes = await Promise.all(
      ["Name 1", /^Text of/].map((label) => phone.getByLabel(label, { exact: true }).first().boundingBox()),
    );
    const [name, text] = boxes.map((box) => box ?? { x: 0, y: 0, width: 0, height: 0 });
    expect(text?.x).toBe(name?.x);
    expect((text?.y ?? 0) - (name?.y ?? 0) - (name?.height ?? 0)).toBeLessThan(10);
    await phone.context().close();
    await page.getByRole("button", { name: "Cancel" }).click();
    await dialog().waitFor({ state: "detached" });
  });

  test("what does not differ is not saved, and Escape asks only after input", async () => {
    await page.getByRole("button", { name: "Edit" }).click();
    await dialog().getByRole("button", { name: "Review" }).click();
    await dialog().getByText("Nothing differs from what is stored.").waitFor();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Edit");
  });

  test("a new secret must not exist; a refusal is at its field", async () => {
    await page.getByRole("button", { name: "New" }).click();
    await dialog().getByLabel("Key").fill("prod//x");
    await dialog().getByLabel("Value").fill("v");
    await dialog().getByRole("button", { name: "Review" }).click();
    await dialog()
      .getByText(/must not have an empty segment/)
      .waitFor();
    expect(await dialog().getByLabel("Key").getAttribute("aria-invalid")).toBe("true");
    await dialog().getByLabel("Key").fill("prod/fresh/KEY");
    await dialog().getByRole("button", { name: "Review" }).click();
    await dialog().getByText("A new secret, read by admins").waitFor();
    await dialog().getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "prod/fresh/KEY" }).waitFor();
    await page.getByRole("button", { name: "New" }).click();
    await dialog().getByLabel("Key").fill(key);
    await dialog().getByLabel("Value").fill("v");
    await dialog().getByRole("button", { name: "Review" }).click();
    await dialog().getByRole("alert").waitFor();
    expect(await stored()).toMatchObject({ version: 4 });
    await page.keyboard.press("Escape");
  });

  test("cells that the person may not change are not boxes", async () => {
    const erin = await its.open(its.scene.tokens.erin);
    await openSecret(erin, "prod/checkout/ADYEN_API_KEY");
    await erin.getByRole("button", { name: "Edit" }).click();
    await erin.getByRole("dialog").getByLabel("New value").waitFor();
    expect(await erin.getByRole("dialog").getByRole("checkbox").count()).toBe(0);
    await erin.context().close();
  });
});
