import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "./campaign.ts";

/** Writes what a broken promise can be explained with into a new temporary folder, and gives its path. */
export function keepEvidence({ violations, operations, output }: Report): string {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-violation-"));
  writeFileSync(join(folder, "violations.txt"), violations.join("\n"));
  writeFileSync(join(folder, "operations.json"), JSON.stringify(Object.fromEntries(operations)));
  writeFileSync(join(folder, "services.log"), output);
  return folder;
}
