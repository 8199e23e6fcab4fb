/** `npm run release:version -- X.Y.Z`: the version that is released next, in all packages and in the changelog. */
import { root } from "../licences.ts";
import { setVersion } from "./versions.ts";

try {
  setVersion(root, process.argv[2] ?? "");
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
