import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, openBrowser } from "../../support/browser/chromium.ts";
import { noteComplaints, openContext } from "../../support/browser/console.ts";
import { programPath } from "../../support/built-package.ts";
import type { LongRun } from "../../support/cli/long-run.ts";
import { hasPseudoTerminals, startOnTerminal } from "../../support/cli/on-terminal.ts";
import { compileCache } from "../../support/compile-cache.ts";

const executable = findChromium();

describe.skipIf(executable === undefined || !hasPseudoTerminals)("the first start (needs chromium and python3)", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "first-start-"));
  let browser: Browser;
  let service: LongRun;
  const start = async () => {
    const env = { ...compileCache, SECRET_SVC_LISTEN: "127.0.0.1:0", SECRET_SVC_DATA_DIR: dataDir };
    const run = startOnTerminal(programPath("secret-svc"), ["serve"], { env });
    await run.printed("oo secret list");
    return { run, greeting: run.stdout() };
  };
  const stop = async (run: LongRun) => {
    run.signal("SIGTERM");
    await run.ended;
  };
  beforeAll(async () => {
    browser = await openBrowser(executable ?? "");
  });
  afterAll(async () => {
    await stop(service);
    await browser.close();
    rmSync(dataDir, { recursive: true });
  });

  test("prints a link on the terminal: one click on it, one on the page, and a secret can be saved", async () => {
    const { run, greeting } = await start();
    const link = /console: +(http:\/\/\S+#\/handoff\/\S+)/.exec(greeting)?.[1] ?? "";
    expect(greeting).toContain("this link signs you in, once and within ten minutes");
    const complaints: string[] = [];
    const page = await (await openContext(browser, new URL(link).origin)).newPage();
    await noteComplaints(page, complaints);
    await page.goto(link);
    await page.getByRole("button", { name: "Sign in as admin" }).click();
    await page.getByText("There are no secrets yet").waitFor();
    await page.getByRole("button", { name: "Save the first one" }).click();
    await page.getByLabel("Key").fill("DATABASE_URL");
    await page.getByLabel("Value").fill("postgresql://user:pass@host:5432/db");
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "DATABASE_URL" }).waitFor();
    const other = await (await openContext(browser, new URL(link).origin)).newPage();
    await other.goto(link);
    await other.getByText("This link was used already, or took too long").waitFor();
    expect(complaints).toEqual([]);
    await stop(run);
  });

  test("is the only one that does", async () => {
    const { run, greeting } = await start();
    service = run;
    expect(greeting).toMatch(/console: +http:\/\/127\.0\.0\.1:\d+\/console\/\r?\n/);
  });
});
