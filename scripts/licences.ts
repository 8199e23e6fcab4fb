import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly engines?: { readonly node: string };
}

/** The licences of the packages that a bundle is made of: their terms require that they are passed on. */
export function licencesOf(inputs: readonly string[]): string {
  const folders = new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]));
  const parts = [...folders].filter((folder) => folder !== undefined).map(licenceOf);
  return parts.sort().join("\n");
}

function licenceOf(folder: string): string {
  const path = join(root, folder);
  const { name, version: its, license } = readPackage(path);
  const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${its}, ${license}\n\n${file === undefined ? "" : readFileSync(join(path, file), "utf8")}`;
}

export function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
