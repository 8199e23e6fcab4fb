import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSingleFile } from "./single-file.ts";

/** `oo` in a single file: for suites that start it often, because it starts four times faster than from the sources. */
export interface BundledOo {
  /** The program, whose name is `oo`. */
  readonly oo: string;
  /** The folder that holds nothing else, for a PATH. */
  readonly folder: string;
  remove(): void;
}

export async function bundleOo(): Promise<BundledOo> {
  const folder = mkdtempSync(join(tmpdir(), "oo-program-"));
  const oo = join(folder, "oo");
  await buildSingleFile(oo);
  return { oo, folder, remove: () => rmSync(folder, { recursive: true }) };
}
