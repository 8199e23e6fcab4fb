import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../support/browser/chromium.ts";
import {
  type ConsoleFixture,
  openFolder,
  openSecret,
  signIn,
  soon,
  startConsole,
} from "../../support/browser/console.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("what is unusual (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test("threat 246: a link cannot turn what it leads to around, nor make the page scroll sideways", async () => {
    const page = await its.open();
    const link = async (text: string) => {
      await page.evaluate(
        (hash) => {
          location.hash = hash;
        },
        `#/secret/${encodeURIComponent(text)}`,
      );
      await page.getByText("There is no such secret, or none that you may know of.").waitFor();
    };
    await link("prod/\u202eYEK\u200b");
    const panel = page.getByRole("region", { name: /^Secret prod/ });
    expect(await panel.getByRole("heading").first().innerText()).toContain("U+202EYEKU+200B");
    expect(await page.title()).toBe("prod/[U+202E]YEK[U+200B] · Secrets");
    for (const text of ["x".repeat(512), "%E0%A4%A", "<img src=x onerror=alert(1)>"]) {
      await link(text);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(content, text).toBeLessThanOrEqual(window ?? 0);
    }
    await page.context().close();
  });

  test("threat 246: what is found in metadata is also shown with marks", async () => {
    const note = "see \u202egpj.exe";
    await its.call("PUT", "secrets", { secrets: [{ key: "odd/MARKED", value: "x", metadata: { note } }] });
    const page = await its.open();
    await page.getByLabel("Find a secret").fill("exe");
    await page.getByRole("option").filter({ hasText: "note: see U+202Egpj.exe" }).waitFor();
    await page.context().close();
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "a secret named %s is one like others",
    async (name) => {
      const key = `odd/${name}/${name}`;
      await its.call("PUT", "secrets", { secrets: [{ key, value: "x", metadata: { team: "a" } }] });
      const page = await its.open();
      await openFolder(page, "odd");
      await openFolder(page, `odd/${name}`);
      await page.locator(`[id="row-s:${key}"]`).click();
      await page.getByRole("heading", { name: key }).waitFor();
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByRole("button", { name: "Add a pair" }).click();
      await page.getByLabel("Name 2", { exact: true }).fill(`${name}x`);
      await page.getByLabel(`Text of ${name}x`).fill("b");
      await page.getByRole("button", { name: "Review" }).click();
      await page.getByRole("button", { name: "Save version 2" }).click();
      await page.getByText("Version 2 is saved.").waitFor();
      const { secrets } = (await its.call("POST", "secrets", { keys: [key], view: "SECRET_VIEW_METADATA" })) as {
        secrets: { metadata: object }[];
      };
      expect(secrets[0]?.metadata).toEqual({ team: "a", [`${name}x`]: "b" });
      await page.context().close();
    },
  );

  test("a secret that is removed while it is looked at says so, its value is hidden, and it comes back by itself", async () => {
    const key = "odd/REMOVED";
    await its.call("PUT", "secrets", { secrets: [{ key, value: "removed-value" }] });
    const page = await its.open();
    await openSecret(page, key);
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByText("removed-value").waitFor();
    await its.call("DELETE", "secrets", { key });
    await page.getByText("It can be brought back for 30 days").waitFor();
    expect(await page.content()).not.toContain("removed-value");
    await its.call("POST", "restore", { key, version: 1 });
    await page.getByRole("button", { name: "Reveal" }).waitFor();
    await page.context().close();
  });

  test("another person who signs in in a second tab takes the place of the first in both", async () => {
    const bob = await its.open(its.scene.tokens.bob);
    await openSecret(bob, "prod/checkout/STRIPE_SECRET_KEY");
    await bob.getByRole("button", { name: "Reveal" }).click();
    await bob.getByText("sk_live_51HqLyjWDarjtT1zdp7dcXV2bR").waitFor();
    const tab = await its.openTab(bob.context());
    await tab.getByRole("button", { name: "Sign out", exact: true }).click();
    await bob.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await bob.content()).not.toContain("sk_live_51");
    await signIn(tab, its.scene.tokens.dave ?? "");
    const rail = bob.getByRole("navigation", { name: "Places" });
    await rail.getByText("dave", { exact: true }).waitFor();
    expect(await rail.getByText("bob", { exact: true }).count()).toBe(0);
    await bob.context().close();
  });

  test("at a zoom of 200 % everything is there, and nothing scrolls sideways", async () => {
    // What a browser makes of a window of 1280 by 900.
    const page = await its.open(undefined, { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 });
    for (const hash of [
      "#/secrets",
      "#/secret/prod/checkout/STRIPE_SECRET_KEY",
      "#/import",
      "#/audit",
      "#/people",
      "#/health",
    ]) {
      await page.evaluate((to) => {
        location.hash = to;
      }, hash);
      await page.getByRole("heading", { level: 1 }).last().waitFor();
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(content, hash).toBeLessThanOrEqual(window ?? 0);
    }
    await openSecret(page, "prod/checkout/DATABASE_URL");
    await page.getByRole("button", { name: "Edit" }).click();
    const save = page.getByRole("dialog").getByRole("button", { name: "Review" });
    await page.getByRole("dialog").getByLabel("New value").fill("x");
    const box = await save.boundingBox();
    expect((box?.y ?? 1000) + (box?.height ?? 0)).toBeLessThanOrEqual(450);
    await save.click();
    await page.getByText("What will change").waitFor();
    await page.context().close();
  });

  test("with reduced motion nothing moves", async () => {
    const page = await its.open(undefined, { reducedMotion: "reduce" });
    await openSecret(page, "prod/checkout/ADYEN_API_KEY");
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByRole("button", { name: "Hide" }).waitFor();
    await its.call("PUT", "secrets", { secrets: [{ key: "prod/checkout/VAT_SERVICE_TOKEN", value: "y" }] });
    await page.getByRole("treeitem", { name: "VAT_SERVICE_TOKEN" }).waitFor();
    const moving = () =>
      page.evaluate(() => document.getAnimations().map((each) => (each as CSSAnimation).animationName));
    // The line that runs out says how long the value is still shown: that is not decoration.
    expect((await moving()).filter((name) => name !== "run-out")).toEqual([]);
    await page.context().close();
  });
});

describe.skipIf(executable === undefined)("a service that takes its time (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test("the list is there before the stream is, and a stream that comes late has the list read anew", async () => {
    const page = await its.open("");
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await page.route("**/WatchSecrets", async (route) => {
      await held;
      await route.continue();
    });
    await page.getByLabel("Token").fill(its.service.adminToken);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(/^\d+ secrets$/).waitFor();
    await page.getByText("Connecting…").waitFor();
    await its.call("PUT", "secrets", { secrets: [{ key: "before-STREAM", value: "x" }] });
    release();
    await page.getByRole("treeitem", { name: "before-STREAM" }).waitFor();
    await page.context().close();
  });

  test("the frame is there at once, each part says that it waits, and an answer for another place changes nothing", async () => {
    const page = await its.open();
    const waiting: (() => void)[] = [];
    await page.route(/AuditService|ListVersions|ListNames/, async (route) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      await route.continue().catch(() => undefined);
    });
    await openSecret(page, "prod/checkout/STRIPE_SECRET_KEY");
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByText("sk_live_51HqLyjWDarjtT1zdp7dcXV2bR").waitFor();
    expect(await page.locator(".panel .skeleton").count()).toBeGreaterThan(0);
    await page.getByRole("link", { name: "Audit" }).click();
    await page.locator("main .skeleton").first().waitFor();
    await openSecret(page, "prod/shared/SENTRY_DSN");
    await expect.poll(() => waiting.length, soon).toBeGreaterThanOrEqual(4);
    await page.unroute(/AuditService|ListVersions|ListNames/);
    for (const release of waiting) release();
    await page.getByRole("heading", { name: "History" }).locator("..").getByText("Created").waitFor();
    expect(await page.getByText("+dave").count()).toBe(0);
    expect(await page.locator(".panel .skeleton").count()).toBe(0);
    await page.context().close();
  });

  test("what is pressed twice happens once", async () => {
    const key = "prod/checkout/DATABASE_URL";
    const page = await its.open();
    await openSecret(page, key);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    let reads = 0;
    await page.route("**/ListSecrets", async (route) => {
      reads += 1;
      await held;
      await route.continue();
    });
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.keyboard.press("v");
    await page.keyboard.press("c");
    release();
    await page.getByRole("button", { name: "Hide" }).waitFor();
    expect(reads).toBe(1);
    await page.context().close();
  });
});
