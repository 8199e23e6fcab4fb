import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";
import type { Source } from "./source.ts";

/** The package of the service and `oo`, and that of the client for TypeScript, as `npm pack` makes them. */
export function packNpm(source: Source, to: string): void {
  const service = servicePackage(source);
  const client = pack(join(source.folder, "clients/typescript"), join(source.work, "client"), source);
  for (const [folder, name] of [service, client]) copyFileSync(join(folder, name), join(to, name));
}

/** Folder and name of the service's package. It is made once. */
export function servicePackage(source: Source): readonly [folder: string, name: string] {
  return pack(source.folder, join(source.work, "service"), source);
}

function pack(path: string, to: string, { folder }: Source): readonly [folder: string, name: string] {
  if (!existsSync(to)) {
    mkdirSync(to);
    const PATH = `${join(folder, "node_modules/.bin")}:${process.env.PATH}`;
    run("npm", ["pack", "--silent", "--pack-destination", to], { cwd: path, env: { PATH } });
  }
  const [name = ""] = readdirSync(to);
  return [to, name];
}
