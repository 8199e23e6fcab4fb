import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { Histogram, Registry } from "prom-client";
import { writeEnvelope } from "../../src/http/call/envelope.ts";
import { buckets, createMetrics } from "../../src/metrics/metrics.ts";
import { listBinary } from "../../src/rpc/list-response/list-binary.ts";
import { listJson, writeTimestamp } from "../../src/rpc/list-response/list-json.ts";
import type { ListAnswer } from "../../src/secrets/list-secrets.ts";
import { aLists, aSecret } from "../../test/support/store/rows.ts";
import { listedMetadata, listedName, listedNamespace, pageSize, secretKey, secretValue } from "../secret.ts";
import { inProcess, type Part, times } from "./part.ts";

/** Parts that are measured by calling a function, and the plain way of doing the same. */
export const codeParts: readonly Part[] = [
  {
    name: "list-binary",
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
    name: "list-json",
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

function writeOwnMemory(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, 5);
  return bytes;
}

const startMs = Date.UTC(2026, 0);

function shown(key: string, savedAtMs: number) {
  const secret = aSecret(key, {
    lists: aLists({ readers: ["bench-team"], writers: ["bench-team"] }),
    metadata: Object.entries(listedMetadata),
    createdAtMs: savedAtMs,
    updatedAtMs: savedAtMs,
    valueChangedAtMs: savedAtMs,
  });
  return { secret, value: secretValue, state: "active" as const, expireAtMs: undefined };
}

const empty = { names: [], missingKeys: [], missingIds: [], errors: [], nextPageToken: "" };

const oneSecret: ListAnswer = { ...empty, view: "full", secrets: [shown(secretKey, startMs)] };

const page: ListAnswer = {
  ...empty,
  view: "metadata",
  secrets: Array.from({ length: pageSize }, (_, at) => ({
    ...shown(`${listedNamespace}/${listedName(at)}`, startMs + Math.floor(at / 10) * 1_234_567),
    value: undefined,
  })),
};
