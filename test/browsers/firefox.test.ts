import type { Browser, Page } from "puppeteer-core";
import puppeteer from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { callerOf, makeScene } from "../../scripts/console/scene.ts";
import { findDebianProgram, firefox } from "../support/programs/debian-program.ts";
import { type ServerInProcess, startServerInProcess } from "../support/server-in-process.ts";

const key = "prod/checkout/STRIPE_SECRET_KEY";
const value = "sk_live_51HqLyjWDarjtT1zdp7dcXV2bR";

/** Over WebDriver BiDi, which Firefox speaks as its packages have it. */
describe("Firefox", () => {
  let service: ServerInProcess;
  let browser: Browser | undefined;
  let missing = "";
  beforeAll(async () => {
    const found = await findDebianProgram(firefox);
    if ("missing" in found) {
      if (process.env.CI && !process.env.NO_BROWSER) throw new Error(found.missing);
      missing = found.missing;
      return;
    }
    [service, browser] = await Promise.all([
      startServerInProcess(),
      puppeteer.launch({ browser: "firefox", executablePath: found.path, env: { ...process.env, ...found.env } }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });
  beforeEach((context) => context.skip(missing !== "", missing));

  const openPage = async (): Promise<Page> => {
    const page = await browser?.newPage();
    if (page === undefined) throw new Error("there is no browser");
    // It also runs on a machine that is busy.
    page.setDefaultTimeout(120_000);
    await page.setViewport({ width: 1440, height: 900 });
    await page.evaluateOnNewDocument(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        const noted = sessionStorage.getItem("refused") ?? "";
        sessionStorage.setItem("refused", `${noted}${violatedDirective} ${blockedURI}\n`);
      });
    });
    return page;
  };

  test("runs the main tasks: sign in, find, reveal, edit, save", async () => {
    const call = callerOf(service.url, service.adminToken);
    await makeScene(call);
    const records = async (action: string) => {
      const { events = [] } = (await call("POST", "audit", { action, key, pageSize: 1000 })) as { events?: unknown[] };
      return events.length;
    };
    const [reads, saves] = [await records("secret.read"), await records("secret.save")];
    const page = await openPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    const button = (name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
    const shows = (text: string) => page.locator(`::-p-text(${text})`).wait();

    await page.goto(`${service.url}/console/`);
    await page.locator("#token").fill(service.adminToken);
    await button("Sign in");
    await shows("Live");
    const [session] = (await browser?.cookies()) ?? [];
    expect(session).toMatchObject({ name: "oo_session", httpOnly: true, sameSite: "Strict" });
    await page.keyboard.press("/");
    await page.keyboard.type("stripe_secret prod");
    // No one types so fast that the list is not drawn by then.
    await page.locator('::-p-aria([name="Secrets that match: 1 row"][role="listbox"])').wait();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await button("Reveal");
    await shows(value);
    await button("Hide");
    expect(await page.content()).not.toContain(value);
    await button("Edit");
    await page.locator("#edit-value").fill("sk_live_from_firefox");
    await button("Review");
    await button("Save version 7");
    await shows("Version 7 is saved.");
    const { secrets } = (await call("POST", "secrets", { keys: [key] })) as { secrets: { value: string }[] };
    expect(secrets[0]?.value).toBe("sk_live_from_firefox");
    // The last read is that of this test.
    expect([await records("secret.read"), await records("secret.save")]).toEqual([reads + 2, saves + 1]);
    await page.reload();
    await shows("Live");
    await button("Sign out");
    await shows("You have signed out.");
    expect(errors).toEqual([]);
    expect(await page.evaluate(() => sessionStorage.getItem("refused"))).toBeNull();
  });
});
