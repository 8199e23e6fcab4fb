import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entriesOf } from "./folder-entries.ts";
import type { Source } from "./source.ts";
import { type Entry, tarGz } from "./tar.ts";

/** The chart for Helm. `helm package` would put the time of the day into it. */
export function packChart({ folder, version, seconds }: Source, to: string): void {
  const content = readFileSync(join(folder, "LICENSE"));
  const licence: Entry = { path: "secret-svc/LICENSE", kind: "file", mode: 0o644, content };
  const archive = tarGz([...entriesOf(join(folder, "deploy/chart"), "secret-svc"), licence], seconds);
  writeFileSync(join(to, `secret-svc-chart-${version}.tgz`), archive);
}
