import { readFileSync } from "node:fs";

/** Set by the build of the single file, which has no package around it. */
declare const packageVersion: string | undefined;

/** Version of the package of this file. It is three folders up in a checkout, four in the published package. */
export function readVersion(): string {
  if (typeof packageVersion === "string") return packageVersion;
  for (const path of ["../../../package.json", "../../../../package.json"]) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { version: string }).version;
    } catch {}
  }
  return "unknown";
}
