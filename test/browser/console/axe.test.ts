import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { visitStates } from "../../../scripts/console/states.ts";
import { findChromium } from "../../support/browser/chromium.ts";
import { type ConsoleFixture, startConsole } from "../../support/browser/console.ts";

const executable = findChromium();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

describe.skipIf(executable === undefined)("axe (needs chromium on the PATH)", () => {
  let its: ConsoleFixture;
  beforeAll(async () => {
    its = await startConsole(executable);
  });
  afterAll(async () => {
    expect(its.complaints).toEqual([]);
    await its?.close();
  });

  // The policy of the page lets no other script in, so axe comes with the page of the test tool.
  const violations = async (page: Page) => {
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { axe: runner } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
      return (await runner.run()).violations;
    });
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  };

  test.each([
    ["light", 1440],
    ["dark", 1440],
    ["light", 1024],
    ["dark", 390],
    ["light", 390],
    ["dark", 1024],
  ] as const)("finds nothing on any screen, %s, %d px wide", async (colorScheme, width) => {
    const page = await its.open("", { colorScheme, viewport: { width, height: 900 } });
    const found: string[] = [];
    await visitStates(page, its.service.adminToken, async (state) => {
      found.push(...(await violations(page)).map((each) => `${state}: ${each}`));
    });
    expect(found).toEqual([]);
    await page.context().close();
  });
});
