import type { Failure } from "./error.ts";
import { limits } from "./limits.ts";

const patternForm = /^[A-Za-z0-9_.+=@/*-]+$/;

/** Checks a key pattern as a caller sent it. */
export function keyPatternFailure(pattern: string): Failure | undefined {
  const field = "keyPattern";
  if (pattern.length > limits.keyPatternBytes) {
    const message = `${field} must be at most ${limits.keyPatternBytes} bytes`;
    return {
      reason: "LIMIT_EXCEEDED",
      message,
      field,
      limit: limits.keyPatternBytes,
      actual: Buffer.byteLength(pattern),
    };
  }
  if (pattern !== "" && !patternForm.test(pattern)) {
    return { reason: "INVALID_FIELD", message: `${field} may only contain characters of a key and '*'`, field };
  }
  return undefined;
}

/** A pattern with a `*` is a glob over the whole key; any other is looked for anywhere in the key. Undefined: no filter. */
export function globOf(pattern: string): string | undefined {
  if (pattern === "") return undefined;
  const glob = pattern.includes("*") ? pattern : `*${pattern}*`;
  return glob.replace(/\*+/g, "*");
}

/** Whether a glob, in which only `*` is special and also matches `/`, matches a whole key. Time: product of the lengths. */
export function globMatches(glob: string, key: string): boolean {
  let inGlob = 0;
  let inKey = 0;
  let lastStar = -1;
  let retryAt = 0;
  while (inKey < key.length) {
    if (glob[inGlob] === "*") {
      lastStar = inGlob;
      inGlob += 1;
      retryAt = inKey;
    } else if (glob[inGlob] === key[inKey]) {
      inGlob += 1;
      inKey += 1;
    } else if (lastStar >= 0) {
      inGlob = lastStar + 1;
      retryAt += 1;
      inKey = retryAt;
    } else {
      return false;
    }
  }
  while (glob[inGlob] === "*") inGlob += 1;
  return inGlob === glob.length;
}
