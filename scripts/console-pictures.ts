/**
 * `npm run picture:console`: starts a service with a small tenant, goes through every screen, and takes pictures of
 * each at three widths, light and dark, into .cache/console-pictures. With `--readme` it draws the picture of the
 * README anew, with `--passkeys` it takes those of the screens about passkeys only, and with `--rare` those of states
 * that are seldom seen.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium, type Page } from "playwright-core";
import { readConfig } from "../src/config/config.ts";
import { startServer } from "../src/service/server.ts";
import { visitInviting, visitPasskeyStates } from "./console/passkey-states.ts";
import { visitRareStates } from "./console/rare-states.ts";
import { callerOf, makeScene } from "./console/scene.ts";
import { visitStates } from "./console/states.ts";
import { root } from "./licences.ts";

const { values } = parseArgs({
  options: {
    outdir: { type: "string", default: join(root, ".cache/console-pictures") },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    readme: { type: "boolean", default: false },
    passkeys: { type: "boolean", default: false },
    rare: { type: "boolean", default: false },
    width: { type: "string", default: "1440,1024,390" },
  },
});
const widths = values.readme ? [1280] : values.width.split(",").map(Number);
const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-"));
const settings = {
  SECRET_SVC_LISTEN: "127.0.0.1:0",
  SECRET_SVC_DATA_DIR: dataDir,
  SECRET_SVC_CONSOLE: "auto",
  SECRET_SVC_FAILURES_PER_MINUTE: "off",
};
const flags = { store: undefined, dataDir: undefined, listen: undefined, tlsCert: undefined, tlsKey: undefined };
const service = await startServer(readConfig(settings, { ...flags, auditSync: undefined, reflection: undefined }));
try {
  const token = readFileSync(join(dataDir, "admin.token"), "utf8").trim();
  const call = callerOf(service.url, token);
  mkdirSync(values.outdir, { recursive: true });
  const scene = await makeScene(call);
  const args = ["--disable-gpu", "--disable-dev-shm-usage"];
  const browser = await chromium.launch({ executablePath: values.chromium, chromiumSandbox: false, args });
  for (const width of widths)
    for (const colorScheme of ["light", "dark"] as const) {
      if (!values.passkeys && !values.rare) await visit(width, colorScheme);
      if (values.readme) continue;
      if (!values.passkeys) await visitRare(width, colorScheme);
      if (!values.rare) await visitPasskeys(width, colorScheme);
    }
  await browser.close();

  async function openPage(width: number, colorScheme: "light" | "dark"): Promise<Page> {
    const viewport = { width, height: width < 600 ? 844 : values.readme ? 760 : 900 };
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: width < 600, deviceScaleFactor: 1 });
    // A picture does not depend on how busy the machine is.
    context.setDefaultTimeout(300_000);
    return context.newPage();
  }

  async function visit(width: number, colorScheme: "light" | "dark"): Promise<void> {
    const page = await openPage(width, colorScheme);
    await page.goto(`${service.url}/console/`);
    await visitStates(page, token, async (state) => {
      if (!values.readme) await take(page, `${state}-${width}-${colorScheme}`);
      else if (state === "secret") await page.screenshot({ path: join(root, `docs/console-${colorScheme}.png`) });
    });
    await page.context().close();
  }

  async function visitRare(width: number, colorScheme: "light" | "dark"): Promise<void> {
    const page = await openPage(width, colorScheme);
    await page.goto(`${service.url}/console/`);
    await visitRareStates(page, { token, call, scene }, (state) => take(page, `${state}-${width}-${colorScheme}`));
    await page.context().close();
  }

  /** Without the look of what the mouse happens to be over. */
  async function take(page: Page, name: string): Promise<void> {
    await page.mouse.move(0, 0);
    await page.waitForTimeout(150);
    await page.screenshot({ path: join(values.outdir, `${name}.png`) });
  }

  /** At `localhost`: browsers have no passkeys at an address of digits. */
  async function visitPasskeys(width: number, colorScheme: "light" | "dark"): Promise<void> {
    const page = await openPage(width, colorScheme);
    const show = (state: string) => take(page, `${state}-${width}-${colorScheme}`);
    const origin = `http://localhost:${new URL(service.url).port}`;
    const slug = `bo-${width}-${colorScheme}`;
    await visitPasskeyStates(page, { origin, call, slug }, show);
    await page.goto("about:blank");
    await page.goto(`${origin}/console/#/people`);
    await page.getByRole("button", { name: "Use a token instead" }).click();
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await visitInviting(page, slug, show);
    await page.context().close();
  }
} finally {
  await service.close();
  rmSync(dataDir, { recursive: true, force: true });
}
