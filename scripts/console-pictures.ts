/**
 * `npm run picture:console`: starts a service with a small tenant, goes through every screen, and takes pictures of each at
 * three widths, light and dark, into .cache/console-pictures. With `--readme` it draws the picture of the README anew, and with
 * `--passkeys` it takes those of the screens about passkeys only.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { readConfig } from "../src/config/config.ts";
import { startServer } from "../src/service/server.ts";
import { visitInviting, visitPasskeyStates } from "./console/passkey-states.ts";
import { callerOf, makeScene } from "./console/scene.ts";
import { visitStates } from "./console/states.ts";
import { root } from "./licences.ts";

const { values } = parseArgs({
  options: {
    outdir: { type: "string", default: join(root, ".cache/console-pictures") },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    readme: { type: "boolean", default: false },
    passkeys: { type: "boolean", default: false },
  },
});
const widths = values.readme ? [1280] : [1440, 1024, 390];
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
  await makeScene(call);
  const args = ["--disable-gpu", "--disable-dev-shm-usage"];
  const browser = await chromium.launch({ executablePath: values.chromium, chromiumSandbox: false, args });
  for (const width of widths)
    for (const colorScheme of ["light", "dark"] as const) {
      if (!values.passkeys) await visit(width, colorScheme);
      if (!values.readme) await visitPasskeys(width, colorScheme);
    }
  await browser.close();

  async function visit(width: number, colorScheme: "light" | "dark"): Promise<void> {
    const viewport = { width, height: width < 600 ? 844 : values.readme ? 760 : 900 };
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: width < 600, deviceScaleFactor: 1 });
    const page = await context.newPage();
    await page.goto(`${service.url}/console/`);
    mkdirSync(values.outdir, { recursive: true });
    await visitStates(page, token, async (state) => {
      await page.waitForTimeout(150);
      if (!values.readme) {
        await page.screenshot({ path: join(values.outdir, `${state}-${width}-${colorScheme}.png`) });
      } else if (state === "secret") {
        await page.screenshot({ path: join(root, `docs/console-${colorScheme}.png`) });
      }
    });
    await context.close();
  }

  /** At `localhost`: browsers have no passkeys at an address of digits. */
  async function visitPasskeys(width: number, colorScheme: "light" | "dark"): Promise<void> {
    const viewport = { width, height: width < 600 ? 844 : 900 };
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: width < 600, deviceScaleFactor: 1 });
    const page = await context.newPage();
    const show = async (state: string) => {
      await page.waitForTimeout(150);
      await page.screenshot({ path: join(values.outdir, `${state}-${width}-${colorScheme}.png`) });
    };
    const origin = `http://localhost:${new URL(service.url).port}`;
    const slug = `bo-${width}-${colorScheme}`;
    await visitPasskeyStates(page, { origin, call, slug }, show);
    await page.goto("about:blank");
    await page.goto(`${origin}/console/#/people`);
    await page.getByRole("button", { name: "Use a token instead" }).click();
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await visitInviting(page, slug, show);
    await context.close();
  }
} finally {
  await service.close();
  rmSync(dataDir, { recursive: true, force: true });
}
