import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { readEnvelope, writeEnvelope } from "../../src/http/call/envelope.ts";

const message = Buffer.from("0102030405", "hex");
const envelope = (flags: number, length: number, data: Uint8Array = message) => {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, data]);
};
const codeOf = (body: Buffer, limitBytes = 5) => {
  try {
    readEnvelope(body, limitBytes);
  } catch (error) {
    if (error instanceof ConnectError) return Code[error.code];
    throw error;
  }
  return "none";
};

test("an envelope comes back, with or without compression", () => {
  for (const size of [0, 1, 5, 300, 70_000]) {
    const bytes = new Uint8Array(size).fill(7);
    expect(writeEnvelope(bytes)).toEqual(envelope(0, size, bytes));
    expect(readEnvelope(writeEnvelope(bytes), size)).toEqual({ isCompressed: false, data: Buffer.from(bytes) });
  }
  expect(readEnvelope(envelope(1, 5), 5)).toEqual({ isCompressed: true, data: message });
  expect(readEnvelope(envelope(2, 5), 5).isCompressed).toBe(false);
  expect(readEnvelope(envelope(3, 5), 5).isCompressed).toBe(true);
});

test("an envelope that is not whole, not alone or too large is refused", () => {
  expect(codeOf(envelope(0, 5))).toBe("none");
  expect(codeOf(Buffer.alloc(0))).toBe("Unimplemented");
  expect(codeOf(envelope(0, 5).subarray(0, 4))).toBe("InvalidArgument");
  expect(codeOf(envelope(0, 5).subarray(0, 9))).toBe("InvalidArgument");
  expect(codeOf(envelope(0, 4))).toBe("Unimplemented");
  expect(codeOf(envelope(0, 5), 4)).toBe("ResourceExhausted");
  // Said to be larger than it is: the size is refused first.
  expect(codeOf(envelope(0, 2 ** 32 - 1), 4)).toBe("ResourceExhausted");
});
