import { create, fromJson, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { sampleRequests } from "../support/hostile/malformed.ts";
import { damaged } from "./bytes.ts";
import { messageOf } from "./json-messages.ts";
import { anyMethod, methods, pathOf, type Sent } from "./methods.ts";

/** Fields of any number and type, also those that no message has. */
const wire = fc.letrec<{ message: Uint8Array; field: Uint8Array }>((tie) => ({
  message: fc.array(tie("field"), { maxLength: 6 }).map((fields) => Buffer.concat(fields)),
  field: fc.oneof(
    { depthSize: "small" },
    fc
      .tuple(fc.nat(20), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
      .map(([number, value]) => Buffer.concat([varint(BigInt(number) << 3n), varint(value)])),
    fc.tuple(fc.nat(20), fc.uint8Array({ maxLength: 20 })).map(([number, bytes]) => delimited(number, bytes)),
    fc.tuple(fc.nat(20), fc.string({ maxLength: 10 })).map(([number, text]) => delimited(number, Buffer.from(text))),
    fc
      .tuple(fc.nat(20), fc.constantFrom(1, 3, 4, 5, 6, 7), fc.uint8Array({ maxLength: 8 }))
      .map(([number, type, bytes]) => Buffer.concat([varint((BigInt(number) << 3n) | BigInt(type)), bytes])),
    fc.tuple(fc.nat(20), tie("message")).map(([number, message]) => delimited(number, message)),
  ),
})).message;

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

function delimited(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((BigInt(number) << 3n) | 2n), varint(BigInt(bytes.length)), bytes]);
}

const goodMessages = sampleRequests.map(({ rpc, body }): Sent => {
  const found = methods.find((each) => pathOf(each) === rpc);
  if (found === undefined) throw new Error(`the contract has no method ${rpc}`);
  return { method: found, bytes: toBinary(found.input, fromJson(found.input, structuredClone(body) as never)) };
});
/** Messages of the contract with any values. JSON that makes none is left empty. */
const made = fc.oneof(
  ...methods.map((method) => messageOf(method.input).map((value): Sent => ({ method, bytes: encode(method, value) }))),
);

function encode({ input }: Sent["method"], value: Parameters<typeof fromJson>[1]): Uint8Array {
  try {
    return toBinary(input, fromJson(input, value));
  } catch {
    return toBinary(input, create(input));
  }
}

/** Calls with what may be a message. */
export const binaryCalls: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 3, arbitrary: made },
  { weight: 1, arbitrary: fc.record({ method: anyMethod, bytes: damaged(wire) }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...goodMessages)
      .chain((good) => damaged(fc.constant(good.bytes)).map((bytes) => ({ ...good, bytes }))),
  },
);
