import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { visitStates } from "../../../scripts/console/states.ts";
import { looks, violationsOf } from "../../support/browser/axe.ts";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("axe (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  test.each(looks)("finds nothing on any screen, %s, %d px wide", async (colorScheme, width) => {
    const page = await its.open("", { colorScheme, viewport: { width, height: 900 } });
    const found: string[] = [];
    await visitStates(page, its.service.adminToken, async (state) => {
      found.push(...(await violationsOf(page)).map((each) => `${state}: ${each}`));
    });
    expect(found).toEqual([]);
    await page.context().close();
  });
});
