import { keyProblem } from "../rules/secret-key.ts";
import type { Operation } from "./operation.ts";
import { asksFor, type VaultPath } from "./path.ts";
import { badRequest, notFound, VaultRefusal } from "./refusal.ts";

/** What the first segment below a mount asks for. */
export type MountKind = "data" | "metadata" | "subkeys" | "delete" | "undelete" | "destroy" | "config";

const kinds: ReadonlySet<string> = new Set<MountKind>([
  "data",
  "metadata",
  "subkeys",
  "delete",
  "undelete",
  "destroy",
  "config",
]);

/** A path below a mount. */
export interface MountPath {
  readonly kind: MountKind;
  readonly verb: string;
  /** What follows, as it was sent: only `isKey` says that it has the form of a key. */
  readonly key: string;
  /** Nothing follows, not even a `/`. */
  readonly isRoot: boolean;
  readonly isKey: boolean;
  readonly query: URLSearchParams;
  /** `LIST`, `SCAN`, or a GET that asks for a list. */
  readonly isListing: boolean;
  /** A list of everything below the path, not only of what is directly in it. */
  readonly isDeep: boolean;
  readonly contentType: string | undefined;
}

export function isMountKind(text: string): text is MountKind {
  return kinds.has(text);
}

export function readMountPath(
  { segments, query }: VaultPath,
  kind: MountKind,
  verb: string,
  contentType: string | undefined,
): MountPath {
  const key = segments.slice(2).join("/");
  const isGet = verb === "GET";
  const isDeep = verb === "SCAN" || (isGet && asksFor(query, "scan"));
  const isListing = isDeep || verb === "LIST" || (isGet && asksFor(query, "list"));
  const isRoot = segments.length === 2;
  return { kind, verb, key, isRoot, isKey: keyProblem(key) === undefined, query, isListing, isDeep, contentType };
}

/** An operation that is always refused, once the caller is known. */
export function refusing(name: string, action: string, refusal: VaultRefusal): Operation {
  return {
    name,
    action,
    async run() {
      throw refusal;
    },
  };
}

/** Throws for a write to the mount itself or to a folder. */
export function requireWritable({ key, isRoot }: MountPath): void {
  if (isRoot) throw notFound();
  if (key === "" || key.endsWith("/")) throw badRequest("cannot write to a path ending in '/'");
}

/** The path as a key. Throws with the rule that it breaks. */
export function requireKey({ key }: MountPath): string {
  const problem = keyProblem(key);
  if (problem === undefined) return key;
  throw badRequest(`the path ${JSON.stringify(key)} cannot be a key: it ${problem.rule}`);
}

/** PATCH needs its own content type. */
export function requireMergePatch({ contentType }: MountPath): void {
  const [type = ""] = (contentType ?? "").split(";");
  if (type.trim().toLowerCase() === "application/merge-patch+json") return;
  const text = `PATCH requires Content-Type of application/merge-patch+json, provided ${contentType ?? ""}`;
  throw new VaultRefusal(415, "invalid-body", text);
}
