import { isUtf8 } from "node:buffer";
import {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  type MessageInitShape,
  type Registry,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { checkBinarySize } from "./count-binary-values.ts";
import { checkJsonSize, refuseRepeatedNames } from "./count-json-values.ts";
import { jsonDecodeError } from "./decode-error.ts";
import { ownBinaryOf, ownJsonOf } from "./own-encoding.ts";
import { invalidBody, unknownField } from "./refusal.ts";
import type { RequestLimits } from "./request-limits.ts";
import { hasUnknownFields } from "./unknown-fields.ts";

/** Decodes and encodes bodies. Decoding throws only `ConnectError`, and its messages never quote the input. */
export interface Codec {
  /** `adapt` brings JSON of another form into that of the message. */
  decode(
    message: DescMessage,
    bytes: Uint8Array,
    refuseUnknown: boolean,
    adapt?: (json: JsonValue) => JsonValue,
  ): Message;
  /** `value` is what a handler returned: a message, or the fields to create one from. */
  encode(message: DescMessage, value: unknown): Uint8Array | string;
}

export interface JsonTypes {
  /** Types for `google.protobuf.Any`. */
  readonly registry?: Registry;
}

/** proto3 JSON. Unknown and duplicate fields are errors. Responses include fields that have their default value. */
export function createJsonCodec(limits: RequestLimits, types: JsonTypes): Codec {
  const readOptions = { ...types, ignoreUnknownFields: false };
  const writeOptions = { ...types, alwaysEmitImplicit: true };
  return {
    decode(message, bytes, _refuseUnknown, adapt) {
      // The usual decoding silently replaces invalid UTF-8, which would change a secret.
      if (!isUtf8(bytes)) throw invalidBody("the body is not valid UTF-8");
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
      checkJsonSize(text, limits);
      try {
        const json = parseJson(text);
        refuseRepeatedNames(text, message.typeName);
        return fromJson(message, adapt === undefined ? json : adapt(json), readOptions);
      } catch (error) {
        throw jsonDecodeError(error);
      }
    },
    encode: (message, value) => ownJsonOf(value) ?? toJsonString(message, toMessage(message, value), writeOptions),
  };
}

/** Throws an error whose cause is the one of the parser, as protobuf does. */
function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error("the body is not valid JSON", { cause });
  }
}

/** The binary format. Unknown fields are ignored as usual, unless the method refuses them. */
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
        throw unknownField(message);
      }
      return decoded;
    },
    encode: (message, value) => ownBinaryOf(value) ?? toBinary(message, toMessage(message, value)),
  };
}

function toMessage(message: DescMessage, value: unknown): Message {
  return create(message, value as MessageInitShape<DescMessage>);
}
