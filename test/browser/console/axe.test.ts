import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { visitRareStates } from "../../../scripts/console/rare-states.ts";
import { visitStates } from "../../../scripts/console/states.ts";
import { violationsOf } from "../../support/browser/axe.ts";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();
const widths = [1440, 1024, 390];

describe.skipIf(executable === undefined)("axe (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test("finds what is planted", async () => {
    const page = await its.open("");
    await page.getByLabel("Token").waitFor();
    await page.evaluate(() => {
      document.body.append(
        document.createElement("button"),
        Object.assign(document.createElement("img"), { src: "data:," }),
      );
    });
    const rules = (await violationsOf(page)).map((each) => each.split(":")[0]);
    expect(rules).toEqual(expect.arrayContaining(["button-name", "image-alt"]));
    await page.context().close();
  });

  /** What axe finds in a state, light and dark. */
  const look = async (page: Page, state: string) => {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await violationsOf(page)).map((each) => `${state}, ${colorScheme}: ${each}`));
    }
    return found;
  };

  test.each(widths)("finds nothing on any screen, %d px wide", async (width) => {
    const page = await its.open("", { viewport: { width, height: 900 } });
    const found: string[] = [];
    await visitStates(page, its.service.adminToken, async (state) => {
      found.push(...(await look(page, state)));
    });
    expect(found).toEqual([]);
    await page.context().close();
  });

  test.each(widths)("nor in states that are seldom seen, %d px wide", async (width) => {
    const page = await its.open("", { viewport: { width, height: 900 } });
    const { service, call, scene } = its;
    const found: string[] = [];
    await visitRareStates(page, { token: service.adminToken, call, scene }, async (state) => {
      found.push(...(await look(page, state)));
    });
    expect(found).toEqual([]);
    await page.context().close();
  });
});
