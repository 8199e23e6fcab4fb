import { limits } from "../limits.ts";

const segmentForm = /^[A-Za-z0-9_.+=@-]+$/;
/** One segment: not empty, `.` or `..`. Without a lookahead, which not every reader of the contract understands. */
const segment = String.raw`(?:\.{0,2}[A-Za-z0-9_+=@-][A-Za-z0-9_.+=@-]*|\.{3}[A-Za-z0-9_.+=@-]*)`;
/**
 * A key, a namespace or a folder as a pattern, for the description of the contract. `keyProblem` names the rule that is
 * broken.
 */
export const keyForm = new RegExp(`^${segment}(?:/${segment}){0,${limits.keySegments - 1}}$`);
export const slugForm = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const idForm = new RegExp(`^secr_[A-Za-z0-9_]{1,${limits.idSuffixChars}}$`);

/** A rule that a name breaks. Its text follows the name of the field: `must be …`. */
export interface NameProblem {
  readonly rule: string;
  readonly limit?: number;
  readonly actual?: number;
}

/** Checks the grammar of a secret's key; undefined when it is well-formed. Keys are ASCII and compared byte by byte. */
export function keyProblem(key: string): NameProblem | undefined {
  if (key === "") return { rule: "must not be empty" };
  if (key.length > limits.keyBytes) {
    return { rule: `must be at most ${limits.keyBytes} bytes`, limit: limits.keyBytes, actual: utf8Bytes(key) };
  }
  const segments = key.split("/");
  if (segments.length > limits.keySegments) {
    const rule = `must have at most ${limits.keySegments} segments`;
    return { rule, limit: limits.keySegments, actual: segments.length };
  }
  for (const segment of segments) {
    if (segment === "") return { rule: "must not have an empty segment (no leading, trailing or double '/')" };
    if (segment === "." || segment === "..") return { rule: "must not have '.' or '..' as a segment" };
    if (!segmentForm.test(segment)) return { rule: "may only contain A-Z a-z 0-9 _ . + = @ - and '/'" };
  }
  return undefined;
}

/** Checks the grammar that slugs, roles and tenants share. */
export function slugProblem(slug: string): NameProblem | undefined {
  if (slug === "") return { rule: "must not be empty" };
  if (slug.length > limits.slugBytes) {
    return {
      rule: `must be at most ${limits.slugBytes} bytes`,
      limit: limits.slugBytes,
      actual: utf8Bytes(slug),
    };
  }
  if (!slugForm.test(slug)) return { rule: "must be a-z and 0-9, in groups joined by single '-'" };
  return undefined;
}

export function isSecretId(text: string): boolean {
  return idForm.test(text);
}

/** The part before the first `/`; undefined for a bare key. */
export function namespaceOf(key: string): string | undefined {
  const end = key.indexOf("/");
  return end < 0 ? undefined : key.slice(0, end);
}

/** The size of a text in UTF-8. Browsers have no `Buffer`. */
export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/**
 * A pattern for all keys in the folder of a key, which a permit for that key could have. A key in no folder is its own.
 */
export function folderPattern(key: string): string {
  const end = key.lastIndexOf("/");
  const pattern = `${key.slice(0, end)}/*`;
  return end === -1 || pattern.length > limits.keyPatternBytes ? key : pattern;
}
