/**
 * Compares by the bytes of UTF-8, as both stores order names. JavaScript's own order differs only where one of two
 * characters is beyond the basic plane, so only such texts are encoded: lists of keys are sorted on every read.
 */
export function compareBytes(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at += 1) {
    const inA = a.charCodeAt(at);
    const inB = b.charCodeAt(at);
    if (inA === inB) continue;
    return isSurrogate(inA) || isSurrogate(inB) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : inA - inB;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
