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

/** The version at each place, or undefined where there is none. */
export function findVersions(folder: string): readonly (readonly [file: string, version: string | undefined])[] {
  return places.map(([file, pattern]) => [file, pattern.exec(readFileSync(join(folder, file), "utf8"))?.[0]]);
}

/** Sets the version at every place, or nowhere. One that is released stays: the changelog then needs a new section. */
export function setVersion(folder: string, version: string): void {
  if (!/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(version)) throw new Error(`not a version: ${version}`);
  const missing = findVersions(folder).filter(([, found]) => found === undefined);
  if (missing.length > 0) throw new Error(`there is no version in ${missing.map(([file]) => file).join(", ")}`);
  if (!newestHeading(folder).endsWith(" - unreleased")) {
    throw new Error("the newest version of CHANGELOG.md is released");
  }
  for (const [file, pattern] of places) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, "utf8").replace(pattern, version));
  }
}

function newestHeading(folder: string): string {
  return /^## .*$/m.exec(readFileSync(join(folder, "CHANGELOG.md"), "utf8"))?.[0] ?? "";
}
