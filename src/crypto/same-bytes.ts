import { timingSafeEqual } from "node:crypto";

/** Takes as long whichever of the bytes is the first that differs. Only the length is compared before. */
export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
