import { ConnectError } from "@connectrpc/connect";
import { createBinaryCodec, createJsonCodec } from "../../src/http/call/codec.ts";
import { requestLimits } from "../../src/http/call/request-limits.ts";
import { jsonCalls } from "./json-bodies.ts";
import { binaryCalls } from "./protobuf-bodies.ts";
import { defineTarget, each, onlyThrows } from "./target.ts";

const json = createJsonCodec(requestLimits, {});
const binary = createBinaryCodec(requestLimits);

/** The decoders of bodies in this process: many more bodies than over a connection. */
export const codecTargets = [
  defineTarget({
    name: "json-body",
    share: 10,
    atOnce: 32,
    input: jsonCalls,
    check: each(({ method, bytes }) => onlyThrows([ConnectError], () => json.decode(method.input, bytes, true))),
  }),
  defineTarget({
    name: "binary-body",
    share: 10,
    atOnce: 32,
    input: binaryCalls,
    check: each(({ method, bytes }) => onlyThrows([ConnectError], () => binary.decode(method.input, bytes, true))),
  }),
];
