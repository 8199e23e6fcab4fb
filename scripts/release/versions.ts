import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the version stands: in each file, what comes before it and after it. */
const places: readonly (readonly [file: string, pattern: RegExp])[] = [
  ["package.json", /(?<=^ {2}"version": ")[^"]+(?=",$)/m],
  ["package-lock.json", /(?<=^ {2}"version": ")[^"]+(?=",$)/m],
  ["package-lock.json", /(?<="": \{\s+"name": "secret-svc",\s+"version": ")[^"]+(?=",$)/m],
  ["clients/typescript/package.json", /(?<=^ {2}"version": ")[^"]+(?=",$)/m],
  ["clients/python/pyproject.toml", /(?<=^version = ")[^"]+(?="$)/m],
  ["clients/java/pom.xml", /(?<=^ {2}<version>)[^<]+(?=<\/version>$)/m],
  ["clients/java/README.md", /(?<=^ {2}<version>)[^<]+(?=<\/version>$)/m],
  ["deploy/chart/Chart.yaml", /(?<=^version: ).+$/m],
  ["deploy/chart/Chart.yaml", /(?<=^appVersion: ")[^"]+(?="$)/m],
  ["deploy/kubernetes/kustomization.yaml", /(?<=newTag: ")[^"]+(?="$)/m],
  ["docs/openapi.json", /(?<=^ {4}"version": ")[^"]+(?=",$)/m],
  // The newest section, until or after its release.
  ["CHANGELOG.md", /(?<=^## \[)[^\]]+(?=\] - )/m],
];

/** Tables that have a row for each version. The row of one that is released stays as it is. */
const tables = ["docs/upgrading.md", "docs/compatibility.md"];
const unreleasedRow = /(?<=^\| )[^ |]+(?= \(not released yet\) \|)/m;

/** The version at each place, or undefined where there is none. */
export function findVersions(folder: string): readonly (readonly [file: string, version: string | undefined])[] {
  return places.map(([file, pattern]) => [file, pattern.exec(readFileSync(join(folder, file), "utf8"))?.[0]]);
}

/** The tables that have no row for a version. */
export function tablesWithout(folder: string, version: string): readonly string[] {
  const hasRow = (text: string) => text.split("\n").some((line) => /^\| (\S+) /.exec(line)?.[1] === version);
  return tables.filter((file) => !hasRow(readFileSync(join(folder, file), "utf8")));
}

/**
 * Sets the version at every place, or nowhere, and in the rows of the one that is not released yet. One that is
 * released stays: the changelog then needs a new section.
 */
export function setVersion(folder: string, version: string): void {
  if (!/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(version)) throw new Error(`not a version: ${version}`);
  const missing = findVersions(folder).filter(([, found]) => found === undefined);
  if (missing.length > 0) throw new Error(`there is no version in ${missing.map(([file]) => file).join(", ")}`);
  if (!isUnreleased(folder)) throw new Error("the newest version of CHANGELOG.md is released");
  for (const [file, pattern] of [...places, ...tables.map((file) => [file, unreleasedRow] as const)]) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, "utf8").replace(pattern, version));
  }
}

/** Whether the newest section of the changelog has no date yet. */
export function isUnreleased(folder: string): boolean {
  const newest = /^## .*$/m.exec(readFileSync(join(folder, "CHANGELOG.md"), "utf8"))?.[0];
  return newest?.endsWith(" - unreleased") === true;
}
