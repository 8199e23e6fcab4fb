import { readFileSync } from "node:fs";

/** For the compiled program, the file is one folder further up. */
const file = new URL(import.meta.url.endsWith(".ts") ? "../../package.json" : "../../../package.json", import.meta.url);

let version: string | undefined;

/** The version in package.json. Read once. */
export function programVersion(): string {
  version ??= (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  return version;
}
