import { globSync } from "node:fs";

/**
 * What decides, encrypts, records and stores. What only shows something, and what only puts parts together, is left
 * out.
 */
const core = [
  "src/{rules,crypto,audit,audit-log,secrets,identity,jwt,keys,rotation,admission,flow,text,files,backup}/*.ts",
  "src/store/*.ts",
  "src/store/sqlite/*.ts",
  "src/http/call/*.ts",
  "src/http/connection/*.ts",
  "src/rpc/*.ts",
  "src/cli/{files,plan,run}/*.ts",
];

/** The core files, as paths from `root`, in a fixed order. `only`: those whose path begins with one of these. */
export function coreFiles(root: string, only: readonly string[]): string[] {
  const files = globSync(core, { cwd: root }).sort();
  return only.length === 0 ? files : files.filter((file) => only.some((start) => file.startsWith(start)));
}
