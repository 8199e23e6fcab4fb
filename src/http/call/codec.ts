import { isUtf8 } from "node:buffer";
import {
  create,
  type DescMessage,
  fromBinary,
  fromJsonString,
  type Message,
  type MessageInitShape,
  type Registry,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { checkBinarySize } from "./count-binary-values.ts";
import { checkJsonSize } from "./count-json-values.ts";
import { jsonDecodeError } from "./decode-error.ts";
import { ownBinaryOf, ownJsonOf } from "./own-encoding.ts";
import { invalidBody } from "./refusal.ts";
import type { RequestLimits } from "./request-limits.ts";
import { hasUnknownFields } from "./unknown-fields.ts";

/** Turns bodies into messages and back. Decoding throws only `ConnectError`, and never with a part of the input. */
export interface Codec {
  decode(message: DescMessage, bytes: Uint8Array, refuseUnknown: boolean): Message;
  /** Takes whatever a handler may return. */
  encode(message: DescMessage, value: unknown): Uint8Array | string;
}

export interface JsonTypes {
  /** Types for `google.protobuf.Any`. */
  readonly registry?: Registry;
}

/** proto3 JSON: unknown and duplicate fields are errors, and answers spell out fields that have their default. */
export function createJsonCodec(limits: RequestLimits, types: JsonTypes): Codec {
  const readOptions = { ...types, ignoreUnknownFields: false };
  const writeOptions = { ...types, alwaysEmitImplicit: true };
  return {
    decode(message, bytes) {
      // Decoding as usual would silently replace what is not UTF-8, and so alter a secret.
      if (!isUtf8(bytes)) throw invalidBody("the body is not valid UTF-8");
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
      checkJsonSize(text, limits);
      try {
        return fromJsonString(message, text, readOptions);
      } catch (error) {
        throw jsonDecodeError(error);
      }
    },
    encode: (message, value) => ownJsonOf(value) ?? toJsonString(message, toMessage(message, value), writeOptions),
  };
}

/** The binary format. Unknown fields are kept out of the way as usual, unless the method must not miss one. */
export function createBinaryCodec(limits: RequestLimits): Codec {
  return {
    decode(message, bytes, refuseUnknown) {
      checkBinarySize(message, bytes, limits);
      let decoded: Message;
      try {
        decoded = fromBinary(message, bytes);
      } catch {
        throw invalidBody(`the body is not a valid ${message.name} in the binary format`);
      }
      if (refuseUnknown && hasUnknownFields(message, decoded)) {
        throw invalidBody(`${message.name} has a field that this version of the service does not know`);
      }
      return decoded;
    },
    encode: (message, value) => ownBinaryOf(value) ?? toBinary(message, toMessage(message, value)),
  };
}

function toMessage(message: DescMessage, value: unknown): Message {
  return create(message, value as MessageInitShape<DescMessage>);
}
