import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, startConsole } from "../../support/browser/console.ts";
import { holdCall } from "../../support/browser/hold.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("bringing in a file (needs chromium on the PATH)", () => {
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

  const plan = (text: string, prefix: string, on = page) =>
    (async () => {
      await on.evaluate(() => {
        location.hash = "#/import";
      });
      await on.getByLabel("Put the keys under").fill(prefix);
      await on.getByLabel("File", { exact: true }).fill(text);
      await on.getByRole("button", { name: "Review" }).click();
    })();
  const cells = async (on = page) =>
    (await on.getByRole("region", { name: "Plan" }).getByRole("row").allInnerTexts())
      .slice(1)
      .map((row) => row.split("\t"));

  test("the plan is shown first, the text is hidden, and exactly the plan is stored", async () => {
    await plan("DATABASE_URL=postgres://changed\nKLARNA_KEY=k\n", "prod/checkout");
    await page.getByText("Plan: 1 to create, 1 to change").waitFor();
    expect(await cells()).toEqual([
      ["prod/checkout/DATABASE_URL", "to change", "value · version 2"],
      ["prod/checkout/KLARNA_KEY", "to create", ""],
    ]);
    // What is in use already, and by whom, is what an import can break.
    const replaced = page.getByRole("region", { name: "What is replaced" });
    expect(await replaced.getAttribute("class")).toBe("changes losses");
    expect(await replaced.innerText()).toMatch(
      /^1 secret in use would change\s+prod\/checkout\/DATABASE_URL: value of version 1, read by checkout-svc, payments and admins, becomes version 2$/,
    );
    for (const name of ["File", "Put the keys under"]) {
      expect(await page.getByLabel(name, { exact: true }).isVisible(), name).toBe(false);
    }
    expect(await page.locator("main").innerText()).not.toContain("postgres://changed");
    await page.getByRole("button", { name: "Create 1 and change 1" }).click();
    await page.getByText("2 changes stored.").waitFor();
    const { secrets } = (await its.call("POST", "secrets", { keys: ["prod/checkout/KLARNA_KEY"] })) as {
      secrets: { value: string }[];
    };
    expect(secrets[0]?.value).toBe("k");
  });

  test("new keys get the access that was chosen, which the plan says; keys that are there keep theirs", async () => {
    const listsOf = async (key: string) => {
      const { secrets } = (await its.call("POST", "secrets", { keys: [key], view: "SECRET_VIEW_METADATA" })) as {
        secrets: Record<"readers" | "writers" | "canChangeReaders", string[]>[];
      };
      const { readers = [], writers = [], canChangeReaders = [] } = secrets[0] ?? {};
      return { readers, writers, canChangeReaders };
    };
    const before = await listsOf("prod/checkout/ADYEN_API_KEY");
    await page.evaluate(() => {
      location.hash = "#/import";
    });
    await page.getByText("Without any name, only admins have access.").waitFor();
    await page.getByLabel("Add a user or role").fill("platform");
    await page.getByRole("button", { name: "Add as reader" }).click();
    await page.getByRole("checkbox", { name: "platform may change the value" }).check();
    const file = "- {key: ADYEN_API_KEY, value: a}\n- {key: ONE, value: b}\n- {key: TWO, value: c}\n";
    await plan(`${file}- {key: OWN, value: d, readers: [dave]}\n`, "prod/checkout");
    await page.getByRole("heading", { name: "Who gets access" }).waitFor();
    const groups = await page.locator(".changes:not(.losses)").allInnerTexts();
    expect(groups).toHaveLength(2);
    expect(groups[0]).toMatch(/^2 new secrets: prod\/checkout\/ONE and prod\/checkout\/TWO/);
    expect(groups[0]).toContain("bob gains read and write (by platform)");
    // The rights that no one gets are said as well.
    expect(groups[0]).toContain("Only admins may delete, change readers, change writers and change deleters");
    expect(groups[1]).toContain("Only admins may write, delete, change readers,");
    expect(groups[1]).toContain("dave gains read");
    expect(groups[1]).not.toContain("platform");
    await page.getByRole("button", { name: "Create 3 and change 1" }).click();
    await page.getByText("4 changes stored.").waitFor();
    expect(before.readers).toEqual(["checkout-svc", "payments"]);
    expect(await listsOf("prod/checkout/ADYEN_API_KEY")).toEqual(before);
    expect(await listsOf("prod/checkout/TWO")).toMatchObject({ readers: ["platform"], writers: ["platform"] });
    expect(await listsOf("prod/checkout/OWN")).toMatchObject({ readers: ["dave"] });
  });

  test("an error names its place and quotes nothing", async () => {
    await plan("A=1\nB=$HOME-c4nary\n", "");
    const problem = page.getByRole("alert").filter({ hasText: "Line:2" });
    await problem.waitFor();
    expect(await problem.innerText()).not.toContain("c4nary");
  });

  test("what may not be done stops all of it", async () => {
    const erin = await its.open(its.scene.tokens.erin);
    await plan("ADYEN_API_KEY=x\nOTHER=y\n", "prod/checkout", erin);
    await erin.getByText("Plan: 1 to change, 1 forbidden").waitFor();
    expect((await cells(erin))[1]).toEqual(["prod/checkout/OTHER", "forbidden", "no permit for “prod/checkout/*”"]);
    expect(await erin.getByRole("button", { name: "Change 1 secret" }).isDisabled()).toBe(true);
    await erin.context().close();
  });

  test("the plan says who has access also when no name was chosen", async () => {
    const erin = await its.open(its.scene.tokens.erin);
    for (const [on, folder, access, hint] of [
      [page, "prod/new", "Only admins may read, write, delete,", "Without any name, only admins have access."],
      [erin, "erin", "Readers: +erin", "The owner is put into all six lists"],
    ] as const) {
      await plan("FIRST=x\nSECOND=y\n", folder, on);
      await on.getByText(`2 new secrets: ${folder}/FIRST and ${folder}/SECOND`).waitFor();
      expect(await on.locator(".changes").innerText()).toContain(access);
      await on.getByRole("button", { name: "Back" }).click();
      await on.getByText(hint).waitFor();
      await on.getByLabel("File", { exact: true }).fill("");
    }
    await erin.context().close();
  });

  test("a secret that changed after the plan is not overwritten", async () => {
    await plan("S3_SECRET_KEY=mine\n", "prod/reports");
    await page.getByText("Plan: 1 to change").waitFor();
    await its.call("PUT", "secrets", { secrets: [{ key: "prod/reports/S3_SECRET_KEY", value: "theirs" }] });
    await page.getByRole("button", { name: "Change 1 secret" }).click();
    await page.getByText("Someone else has saved it in the meantime.").waitFor();
    await page.getByRole("button", { name: "Back" }).click();
  });

  test("a secret that another person created after the plan is not overwritten", async () => {
    await plan("NEW_KEY=mine\n", "prod/reports");
    await page.getByText("Plan: 1 to create").waitFor();
    await its.call("PUT", "secrets", { secrets: [{ key: "prod/reports/NEW_KEY", value: "theirs" }] });
    await page.getByRole("button", { name: "Create 1 secret" }).click();
    await page.getByText("Someone else has saved it in the meantime.").waitFor();
    const { secrets } = (await its.call("POST", "secrets", { keys: ["prod/reports/NEW_KEY"] })) as {
      secrets: { value: string }[];
    };
    expect(secrets[0]?.value).toBe("theirs");
    await page.getByRole("button", { name: "Back" }).click();
  });

  test("what was pasted is not lost by a link or by closing the tab without a question", async () => {
    const asked: string[] = [];
    let answer = false;
    page.on("dialog", async (dialog) => {
      asked.push(dialog.type());
      await (answer ? dialog.accept() : dialog.dismiss());
    });
    const text = page.getByLabel("File", { exact: true });
    await text.fill("A=pasted\n");
    await page.getByRole("link", { name: "compare it with another one" }).click();
    await expect.poll(() => asked).toEqual(["confirm"]);
    await expect.poll(() => new URL(page.url()).hash).toBe("#/import");
    expect(await text.inputValue()).toBe("A=pasted\n");
    await page.evaluate(() => location.reload());
    await expect.poll(() => asked).toEqual(["confirm", "beforeunload"]);
    expect(await text.inputValue()).toBe("A=pasted\n");
    answer = true;
    await page.getByRole("link", { name: "compare it with another one" }).click();
    await text.waitFor({ state: "detached" });
  });

  test("while it is reviewed, neither the prefix nor the file can be changed", async () => {
    await page.evaluate(() => {
      location.hash = "#/import";
    });
    await page.getByLabel("Put the keys under").fill("prod/reports");
    await page.getByLabel("File", { exact: true }).fill("HELD=1\n");
    const review = await holdCall(page, "SaveSecrets");
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByRole("button", { name: "Reviewing…" }).waitFor();
    expect(await page.getByLabel("Put the keys under").isEditable()).toBe(false);
    expect(await page.getByLabel("Choose a file…").isDisabled()).toBe(true);
    await review.release();
    await page.getByText("Plan: 1 to create").waitFor();
  });
});
