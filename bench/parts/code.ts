import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";
import { fromJson, fromJsonString } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { Histogram, Registry } from "prom-client";
import { SaveSecretsRequestSchema, SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { takeRandom } from "../../src/crypto/take-random.ts";
import { CallContext } from "../../src/http/call/call-context.ts";
import { createConnectionMemory } from "../../src/http/call/connection-memory.ts";
import { refuseRepeatedNames } from "../../src/http/call/count-json-values.ts";
import { writeEnvelope } from "../../src/http/call/envelope.ts";
import type { Exchange } from "../../src/http/call/exchange.ts";
import { Traffic } from "../../src/http/call/traffic.ts";
import { buckets, createMetrics } from "../../src/metrics/metrics.ts";
import { listBinary } from "../../src/rpc/list-response/list-binary.ts";
import { listJson, writeTimestamp } from "../../src/rpc/list-response/list-json.ts";
import type { ListAnswer } from "../../src/secrets/list-secrets.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import { pageSize } from "../secret.ts";
import { oneSecret, page } from "./answers.ts";
import { inProcess, type Part, times } from "./part.ts";

/** Parts that are measured by calling a function, and the plain way of doing the same. */
export const codeParts: readonly Part[] = [
  {
    name: "list-binary-buffer",
    async compare(measure) {
      const without = (answer: ListAnswer) => () => listBinary(answer, new BinaryWriter());
      await measure({
        what: "the bytes of one secret",
        with: inProcess(times(100, () => listBinary(oneSecret))),
        without: inProcess(times(100, without(oneSecret))),
      });
      await measure({
        what: `the bytes of ${pageSize} secrets`,
        with: inProcess(times(10, () => listBinary(page))),
        without: inProcess(times(10, without(page))),
      });
    },
  },
  {
    name: "take-random",
    compare(measure) {
      return measure({
        what: "a salt of 32 random bytes",
        with: inProcess(times(100, () => takeRandom(32))),
        without: inProcess(times(100, () => randomBytes(32))),
      });
    },
  },
  {
    name: "byte-order",
    compare(measure) {
      const names = Array.from({ length: 500 }, (_, at) => `team/service-${(at * 7919) % 500}/PASSWORD`);
      const encoded = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
      return measure({
        what: "500 keys sorted",
        with: inProcess(times(1, () => names.toSorted(compareBytes))),
        without: inProcess(times(1, () => names.toSorted(encoded))),
      });
    },
  },
  {
    name: "json-names",
    compare(measure) {
      const secrets = Array.from({ length: 60 }, (_, at) => ({ key: `a/${at}`, value: "v".repeat(60_000) }));
      const text = JSON.stringify({ secrets });
      const own = () => {
        refuseRepeatedNames(text, "x");
        return fromJson(SaveSecretsRequestSchema, JSON.parse(text));
      };
      return measure({
        what: "a body of 3.6 MB",
        with: inProcess(times(1, own)),
        without: inProcess(times(1, () => fromJsonString(SaveSecretsRequestSchema, text))),
      });
    },
  },
  {
    name: "list-json-times",
    compare: (measure) =>
      measure({
        what: `the JSON of ${pageSize} secrets, of which 10 at a time were saved together`,
        with: inProcess(times(10, () => listJson(page))),
        without: inProcess(times(10, () => listJson(page, writeTimestamp))),
      }),
  },
  {
    name: "envelope",
    compare: (measure) => {
      const message = Buffer.alloc(300, 1);
      return measure({
        what: `an envelope around ${message.length} bytes`,
        with: inProcess(times(1000, () => writeEnvelope(message))),
        without: inProcess(times(1000, () => writeOwnMemory(message))),
      });
    },
  },
  {
    name: "call-context",
    compare: (measure) => {
      const context = () => new CallContext(SecretService.method.listSecrets, "grpc", exchange);
      return measure({
        what: "the context of a call of which only the values are used",
        with: inProcess(
          times(100, () => {
            const made = context();
            made.finish();
            return made.values;
          }),
        ),
        without: inProcess(
          times(100, () => {
            const made = context();
            const all = [made.requestHeader, made.responseHeader, made.responseTrailer, made.signal, made.values];
            made.finish();
            return all;
          }),
        ),
      });
    },
  },
  {
    name: "metrics",
    compare: (measure) => {
      const metrics = createMetrics();
      const labelNames = ["rpc", "code"];
      const histogram = new Histogram({
        name: "calls",
        help: "calls",
        labelNames,
        buckets,
        registers: [new Registry()],
      });
      const rpc = "secret.v1.SecretService/ListSecrets";
      return measure({
        what: "a call that is counted",
        with: inProcess(times(1000, (at) => metrics.observeCall(rpc, "ok", at % 10))),
        without: inProcess(times(1000, (at) => histogram.labels(rpc, "ok").observe((at % 10) / 1000))),
      });
    },
  },
];

/** As much of a request as a context looks at. */
const exchange: Exchange = {
  httpVersion: 2,
  unreadAt: -1,
  certificate: undefined,
  verb: "POST",
  url: "/secret.v1.SecretService/ListSecrets",
  headers: {
    "content-type": "application/grpc",
    te: "trailers",
    authorization: `Bearer oo_${"x".repeat(43)}`,
    "user-agent": "grpc-node/1.0",
  },
  rawHeaders: [],
  peer: "127.0.0.1",
  connection: createConnectionMemory(new Traffic(() => {})),
  body: new PassThrough(),
  isOver: false,
  extraHeaders: undefined,
  trace: undefined,
  onceClosed: () => undefined,
  authenticated: () => undefined,
  cut: () => undefined,
  awaitBody: () => undefined,
  send: () => undefined,
};

function writeOwnMemory(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, 5);
  return bytes;
}
