import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** What axe finds on a page as it is now, by all of its default rules. */
export async function violationsOf(page: Page): Promise<string[]> {
  // The policy of the page lets no other script in, so axe comes with the page of the test tool.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: runner } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await runner.run()).violations;
  });
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}

/** Everything that is looked at is looked at in these: light or dark, and how wide. */
export const looks = [
  ["light", 1440],
  ["dark", 1440],
  ["light", 1024],
  ["dark", 390],
  ["light", 390],
  ["dark", 1024],
] as const;
