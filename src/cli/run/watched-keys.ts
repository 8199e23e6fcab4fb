import { withNamespace } from "../frame/namespace.ts";
import { keysMeant } from "./choose-names.ts";
import { isIn } from "./read-secrets.ts";
import type { SelectionOptions } from "./selected-secrets.ts";

/** Which changes matter to a command that runs with secrets. */
export interface WatchedKeys {
  /** What is watched; "" is everything that the caller can see. */
  readonly namespace: string;
  /** Whether a change of this key may change the secrets that were chosen. */
  isWatched(key: string): boolean;
}

/**
 * One watch has one namespace: that which all of the chosen secrets share. `own` is the namespace that `--map` alone
 * adds to. What a key without a namespace means only the service knows: then everything is watched.
 */
export function watchedKeys(
  { namespace = [], only, map = [], recursive = false }: SelectionOptions,
  own?: string,
): WatchedKeys {
  const mapped = map.flatMap((text) => keysMeant(text.slice(text.indexOf("=") + 1), namespace));
  const keys = new Set([...(only ?? []).map((key) => withNamespace(key, namespace[0])), ...mapped]);
  const byDefault = own === undefined ? [] : [own];
  const whole = namespace.length > 0 ? namespace : byDefault;
  const folders = only === undefined ? whole : [];
  const isUnclear = [...keys].some((key) => !key.includes("/"));
  if (isUnclear || keys.size + folders.length === 0) return { namespace: "", isWatched: () => true };
  const isWatched = (key: string) => keys.has(key) || folders.some((each) => isIn(key, each, recursive));
  return { namespace: sharedFolder([...folders, ...[...keys].map(folderOf)]), isWatched };
}

function folderOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf("/")));
}

function sharedFolder(folders: readonly string[]): string {
  const [first = [], ...others] = folders.map((folder) => folder.split("/"));
  const end = first.findIndex((segment, at) => others.some((other) => other[at] !== segment));
  return (end < 0 ? first : first.slice(0, end)).join("/");
}
