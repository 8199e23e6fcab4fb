import { readBoolean } from "./weak-values.ts";

/** The path of a request below `/v1/`, decoded, and its query. */
export interface VaultPath {
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** A separator or a zero byte that is encoded would mean another path to a proxy in front. */
const ambiguous = /%2f|%5c|%00/i;

const noQuery = new URLSearchParams();

/** Undefined for a path that is not encoded well, or in a way that others could read differently. */
export function readPath(url: string, prefix: string): VaultPath | undefined {
  const at = url.indexOf("?");
  const path = (at < 0 ? url : url.slice(0, at)).slice(prefix.length);
  const query = at < 0 ? noQuery : new URLSearchParams(url.slice(at + 1));
  if (!path.includes("%")) return { segments: path.split("/"), query };
  if (ambiguous.test(path)) return undefined;
  try {
    return { segments: path.split("/").map(decodeURIComponent), query };
  } catch {
    return undefined;
  }
}

/** Whether a GET asks for a list: `?list=true` or `?list=1`. */
export function asksFor(query: URLSearchParams, name: "list" | "scan"): boolean {
  return readBoolean(query.get(name) ?? "") === true;
}

/** Whether a GET could ask for more than one thing. */
export function asksUnclearly(query: URLSearchParams): boolean {
  const [list, scan] = [readBoolean(query.get("list") ?? ""), readBoolean(query.get("scan") ?? "")];
  return list === undefined || scan === undefined || (list && scan);
}
