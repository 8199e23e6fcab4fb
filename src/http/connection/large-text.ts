/** Node writes shorter texts without a copy of its own, if the client reads. */
const shortChars = 16 * 1024;

/**
 * What to hand to Node for a response. It copies a text that it cannot send at once into three bytes for each
 * character, which V8 does not count, and so does not collect anything for. Bytes stay as they are.
 */
export function bytesOfLarge(payload: Uint8Array | string): Uint8Array | string {
  return typeof payload === "string" && payload.length > shortChars ? Buffer.from(payload) : payload;
}
