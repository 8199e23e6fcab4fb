import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";
import type { Source } from "./source.ts";

/** The package of the service and `oo`, and that of the client for TypeScript, as `npm pack` makes them. */
export function packNpm({ folder }: Source, to: string): void {
  mkdirSync(to, { recursive: true });
  const PATH = `${join(folder, "node_modules/.bin")}:${process.env.PATH}`;
  for (const path of [folder, join(folder, "clients/typescript")]) {
    run("npm", ["pack", "--silent", "--pack-destination", to], { cwd: path, env: { PATH } });
  }
}
