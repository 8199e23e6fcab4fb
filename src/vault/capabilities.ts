import { explainAccess } from "../identity/explain-access.ts";
import type { Context } from "../rules/context.ts";
import type { ExplainedRight } from "../rules/explain.ts";
import { keyProblem } from "../rules/secret-key.ts";
import type { Reply } from "./answers.ts";
import { readFields } from "./body.ts";
import type { Members } from "./json-text.ts";
import { isMountName } from "./mounts.ts";
import type { Operation, VaultRequest } from "./operation.ts";
import { badRequest, unsupported } from "./refusal.ts";

/** Each path is looked up, and recorded. */
const pathsMax = 20;

/** What each right on a secret lets a caller do with its paths. */
const capabilitiesOf: Readonly<Partial<Record<ExplainedRight, readonly string[]>>> = {
  read: ["read"],
  write: ["update", "patch"],
  delete: ["delete"],
  create: ["create"],
};

/** `sys/capabilities-self`: what the caller may do with paths, by the rules of `ExplainAccess`. */
export function capabilitiesOperation(context: Context, verb: string): Operation {
  return {
    name: "ReadCapabilities",
    action: "secret.explain",
    async run({ call, body }) {
      if (verb !== "PUT" && verb !== "POST") throw unsupported();
      const paths = readPaths(readFields(body));
      const found: Record<string, readonly string[]> = {};
      for (const path of paths) found[path] = await capabilities(context, call, path);
      const only = paths.length === 1 ? { capabilities: found[paths[0] ?? ""] } : {};
      const data = JSON.stringify({ ...found, ...only });
      const isUnrecorded = paths.every((path) => keyIn(path) === undefined);
      return { status: 200, data, top: data, ...(isUnrecorded ? { isUnrecorded } : {}) } satisfies Reply;
    },
  };
}

function readPaths(fields: Members): readonly string[] {
  const given: unknown = JSON.parse(fields.get("paths") ?? fields.get("path") ?? "null");
  const paths = typeof given === "string" ? given.split(",") : Array.isArray(given) ? given : [given];
  if (paths.length === 0 || paths[0] === null) throw badRequest("paths must be supplied");
  if (!paths.every((path) => typeof path === "string")) throw badRequest("paths must be texts");
  if (paths.length > pathsMax) throw badRequest(`paths must have at most ${pathsMax} entries`);
  return paths;
}

/** The key that a path is about; undefined when it is about none. */
function keyIn(path: string): string | undefined {
  const [mount = "", kind, ...segments] = path.split("/");
  const key = segments.join("/");
  return isMountName(mount) && kind !== undefined && keyProblem(key) === undefined ? key : undefined;
}

async function capabilities(context: Context, call: VaultRequest["call"], path: string): Promise<readonly string[]> {
  const key = keyIn(path);
  if (key === undefined) return ["deny"];
  const asked = { key, principal: "", whoCan: "", pageSize: 0, pageToken: "" };
  const { rights } = await explainAccess(context, call, asked);
  const allowed = rights.filter((right) => right.allowed).map(({ right }) => right);
  const names = new Set(allowed.flatMap((right) => capabilitiesOf[right] ?? []));
  if (!allowed.includes("read")) names.delete("patch");
  const isVisible = allowed.some((right) => right !== "create");
  if (path.split("/")[1] === "metadata" && isVisible) names.add("read").add("list");
  return names.size === 0 ? ["deny"] : [...names].toSorted();
}
