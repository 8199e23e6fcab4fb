import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chartFiles } from "./charts.ts";
import { pageFile } from "./page.ts";
import { type Results, readResults, resultsFile } from "./results.ts";

/** Draws the page and the charts from the results in `folder`, into the same folder. Throws when there are none. */
export function drawReport(folder: string): void {
  const results = readResults(folder);
  for (const [name, content] of [pageFile(results), ...chartFiles(results)]) writeFileSync(join(folder, name), content);
}

/** Writes the results of a run into `folder`, and draws them. Makes the folder unless it is there. */
export function writeReport(results: Results, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const [name, content] = resultsFile(results);
  writeFileSync(join(folder, name), content);
  // From the file, so that drawing it again gives the same.
  drawReport(folder);
}
