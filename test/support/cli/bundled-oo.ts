import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programPath } from "../built-package.ts";

/** `oo` in a single file: for suites that start it often, because it starts four times faster than from the sources. */
export interface BundledOo {
  /** The program, whose name is `oo`. */
  readonly oo: string;
  /** The folder that holds nothing else, for a PATH. */
  readonly folder: string;
  remove(): void;
}

export function bundleOo(): BundledOo {
  const folder = mkdtempSync(join(tmpdir(), "oo-program-"));
  const oo = join(folder, "oo");
  cpSync(programPath("single file"), oo);
  return { oo, folder, remove: () => rmSync(folder, { recursive: true }) };
}
