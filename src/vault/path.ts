/** The path of a request below `/v1/`, decoded, and its query. */
export interface VaultPath {
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** A separator or a zero byte that is encoded would mean another path to a proxy in front. */
const ambiguous = /%2f|%5c|%00/i;

/** Undefined for a path that is not encoded well, or in a way that others could read differently. */
export function readPath(url: string, prefix: string): VaultPath | undefined {
  const at = url.indexOf("?");
  const path = (at < 0 ? url : url.slice(0, at)).slice(prefix.length);
  if (ambiguous.test(path)) return undefined;
  try {
    const segments = path.split("/").map(decodeURIComponent);
    return { segments, query: new URLSearchParams(at < 0 ? "" : url.slice(at + 1)) };
  } catch {
    return undefined;
  }
}

/** Whether a GET asks for a list: `?list=true` or `?list=1`. */
export function asksFor(query: URLSearchParams, name: "list" | "scan"): boolean {
  return /^(true|1|t)$/i.test(query.get(name) ?? "");
}
