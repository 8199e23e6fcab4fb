import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sbomOfLock } from "./sbom.ts";
import type { Source } from "./source.ts";

/** The bill of materials of the service, as JSON of CycloneDX. */
export function writeSbom({ folder, version, seconds }: Source, to: string): void {
  const sbom = sbomOfLock(JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")), seconds);
  writeFileSync(join(to, `secret-svc-${version}.cdx.json`), `${JSON.stringify(sbom, null, 2)}\n`);
}
