import { createHash } from "node:crypto";

/** Keys and salts of the vectors: SHA-256 of what they are for. */
export function fixedBytes(purpose: string): Buffer {
  return createHash("sha256").update(`secret-svc test vector: ${purpose}`).digest();
}

export const keyA = fixedBytes("key A");
export const keyB = fixedBytes("key B");
