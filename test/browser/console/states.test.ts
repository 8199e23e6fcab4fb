import { create, toBinary } from "@bufbuild/protobuf";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ErrorDetailSchema, Reason } from "../../../gen/secret/v1/error_pb.ts";
import { findChromium } from "../../support/browser/chromium.ts";
import {
  type ConsoleFixture,
  countRecords,
  openSecret,
  signIn,
  soon,
  startConsole,
} from "../../support/browser/console.ts";
import { editorOf } from "../../support/hostile/edit-rows.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("states that are rare (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  const saves = "**/secret.v1.SecretService/SaveSecrets";
  const versionOf = async (key: string) => {
    const { secrets } = (await its.call("POST", "secrets", { keys: [key], view: "SECRET_VIEW_METADATA" })) as {
      secrets: { version: number }[];
    };
    return secrets[0]?.version;
  };
  /** Fills the dialog for a new value, as far as the button that saves. */
  const review = async (page: Page, key: string, value: string) => {
    await openSecret(page, key);
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("New value").fill(value);
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByText("What will change").waitFor();
  };
  /**
   * Lets the service do what is asked, and loses its answer. `answer`: what comes instead; else the connection is lost.
   */
  const loseAnswer = (page: Page, answer?: { status: number; body: string }) =>
    page.route(
      saves,
      async (route) => {
        await route.fetch();
        if (answer === undefined) await route.abort("connectionreset");
        else await route.fulfill({ ...answer, headers: { "content-type": "application/json" } });
      },
      { times: 1 },
    );

  test("until the first answer there are rows without words, and the frame can be used", async () => {
    const page = await its.open("");
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await page.route("**/ListSecrets", async (route) => {
      await held;
      await route.continue();
    });
    await page.getByLabel("Token").fill(its.service.adminToken);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".skeleton").first().waitFor();
    expect(await page.getByText("There are no secrets yet").count()).toBe(0);
    await page.getByText("Loading…").waitFor();
    await page.getByText("Connecting…").waitFor();
    expect(await page.getByText("Live", { exact: true }).count()).toBe(0);
    await page.getByLabel("Find a secret").fill("stripe");
    release();
    await page
      .getByRole("option", { name: /STRIPE_SECRET_KEY/ })
      .first()
      .waitFor();
    expect(await page.locator(".skeleton").count()).toBe(0);
    await page.context().close();
  });

  test("a save without an answer says so, and repeating it stores it once", async () => {
    const key = "prod/reports/S3_ACCESS_KEY";
    const page = await its.open();
    await review(page, key, "after-a-lost-answer");
    await loseAnswer(page);
    await page.getByRole("button", { name: "Save version 2" }).click();
    await page.getByText("It may or may not have been stored.").waitFor();
    // The page has seen meanwhile that there is a version 2, which may be its own.
    await expect.poll(() => versionOf(key), soon).toBe(2);
    expect(await page.getByText("while you were editing").count()).toBe(0);
    await page.getByRole("button", { name: "Repeat" }).click();
    await page.getByText("Version 2 is saved.").waitFor();
    expect(await versionOf(key)).toBe(2);
    expect(await countRecords(its.call, "secret.save", key)).toBe(2);
    await page.context().close();
  });

  test("what the service does not know the outcome of is repeated; a change by another person in between is not lost", async () => {
    const key = "prod/reports/S3_SECRET_KEY";
    const page = await its.open();
    await review(page, key, "mine");
    const detail = create(ErrorDetailSchema, { reason: Reason.OUTCOME_UNKNOWN });
    const value = Buffer.from(toBinary(ErrorDetailSchema, detail)).toString("base64").replace(/=+$/, "");
    const details = [{ type: ErrorDetailSchema.typeName, value }];
    await page.route(
      saves,
      (route) =>
        route.fulfill({
          status: 500,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ code: "unknown", message: "the store did not say", details }),
        }),
      { times: 1 },
    );
    await page.getByRole("button", { name: "Save version 2" }).click();
    await page.getByText("It may or may not have been stored.").waitFor();
    await its.call("PUT", "secrets", { secrets: [{ key, value: "theirs" }] }, its.scene.tokens.alice);
    await page.getByRole("button", { name: "Repeat" }).click();
    await page.getByText("saved version 2 while you were editing").waitFor();
    await page.getByRole("button", { name: "Continue from version 2" }).click();
    expect(await page.getByLabel("New value").inputValue()).toBe("mine");
    expect(await versionOf(key)).toBe(2);
    await page.keyboard.press("Escape");
    await page.context().close();
  });

  test("a value over the limit is refused with the limit and its size", async () => {
    const page = await its.open();
    await openSecret(page, "prod/reports/WAREHOUSE_URL");
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("New value").fill("x".repeat(70_000));
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByRole("alert").filter({ hasText: "70000" }).filter({ hasText: "65536" }).waitFor();
    page.once("dialog", (dialog) => dialog.accept());
    await page.keyboard.press("Escape");
    await page.context().close();
  });

  test("a call that does not get there says so, and that it can be tried again", async () => {
    const page = await its.open();
    await page.route("**/secret.v1.AuditService/*", (route) => route.abort("connectionrefused"), { times: 1 });
    await page.getByRole("link", { name: "Audit" }).click();
    await page.getByText("The service does not answer.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("region", { name: "Records" }).getByRole("row").nth(1).waitFor();
    await page.context().close();
  });

  test("without input for half an hour the page signs off in every tab, and the session is over", async () => {
    const page = await its.open("");
    // From the beginning, so that it is the clock of all timers.
    await page.clock.install();
    await page.reload();
    await signIn(page, its.scene.tokens.dave ?? "");
    const tab = await its.openTab(page.context());
    await tab.getByText(/^\d+ secrets?$/).waitFor();
    await page.clock.fastForward(29 * 60_000);
    expect(await page.getByRole("heading", { name: "Secrets" }).count()).toBe(1);
    await page.clock.fastForward(2 * 60_000);
    await page.getByText("You were signed off after 30 minutes without input.").waitFor();
    await tab.getByRole("heading", { name: "Sign in" }).waitFor();
    const ended = async () => {
      const { events = [] } = (await its.call("POST", "audit", { action: "session.end" })) as {
        events?: { principal: string }[];
      };
      return events.some(({ principal }) => principal === "dave");
    };
    await expect.poll(ended, soon).toBe(true);
    await page.context().close();
  });

  test("with other rights than before, a connection that comes back reads everything anew", async () => {
    await its.call("PUT", "users", { users: [{ slug: "olga", roles: ["payments"] }] });
    const { secret } = await its.call("PUT", "tokens", { slug: "olga" });
    const page = await its.open(String(secret));
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("treeitem", { name: "prod" }).waitFor();
    await page.context().setOffline(true);
    await page.evaluate(() => dispatchEvent(new Event("offline")));
    await page.getByText("Reconnecting…").waitFor();
    await its.call("PUT", "secrets", { secrets: [{ key: "for-olga", value: "x", readers: ["olga"] }] });
    await its.call("PUT", "users", { users: [{ slug: "olga", roles: ["others"] }] });
    await page.context().setOffline(false);
    await page.getByRole("treeitem", { name: "for-olga" }).waitFor();
    await page.getByRole("treeitem", { name: "prod" }).waitFor({ state: "detached" });
    await page.getByText("1 secret", { exact: true }).waitFor();
    await page.context().close();
  });

  test("a page of the list that the service does not know any more is read again from the first one", async () => {
    const page = await its.open("");
    let calls = 0;
    await page.route("**/secret.v1.SecretService/ListSecrets", async (route) => {
      calls += 1;
      // The first one is for what is seen at once; the list itself begins with the second.
      if (calls !== 2) return route.fallback();
      const detail = create(ErrorDetailSchema, { reason: Reason.INVALID_PAGE_TOKEN, field: "pageToken" });
      const value = Buffer.from(toBinary(ErrorDetailSchema, detail)).toString("base64").replace(/=+$/, "");
      return route.fulfill({
        status: 400,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          code: "invalid_argument",
          message: "pageToken does not belong to this caller",
          details: [{ type: ErrorDetailSchema.typeName, value }],
        }),
      });
    });
    await page.getByLabel("Token").fill(its.service.adminToken);
    await page.getByRole("button", { name: "Sign in" }).click();
    // On a machine that is busy the list is read once more, when the stream is there.
    await expect.poll(() => calls, soon).toBeGreaterThanOrEqual(3);
    await page.getByText(/^\d+ secrets$/).waitFor();
    expect(await page.getByText("Not all of them could be loaded").count()).toBe(0);
    await page.context().close();
  });
});

describe.skipIf(executable === undefined)("a store that was edited (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test("a secret that does not verify has a row that says so, and is not counted away", async () => {
    const key = "prod/shared/SMTP_PASSWORD";
    await editorOf({ store: its.store, dataDir: its.service.dataDir }).damage("secrets", key);
    const page = await its.open();
    const damaged = { hasText: "stored document does not verify" };
    const row = page.getByRole("treeitem").filter(damaged);
    expect(await row.innerText()).toContain("SMTP_PASSWORD");
    await row.click();
    await page.getByText("it was changed outside the service").waitFor();
    await page.getByLabel("Find a secret").fill("SMTP");
    await page.getByRole("option").filter(damaged).waitFor();
    await page.context().close();
  });
});
