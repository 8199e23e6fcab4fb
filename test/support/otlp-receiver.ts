import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: number;
}

/** A receiver of OTLP over HTTP on a port of its own, which reads protobuf by the numbers of its fields. */
export interface OtlpReceiver {
  readonly url: string;
  /** Bodies as they came, to look for what must not be there. */
  readonly bodies: Buffer[];
  readonly headers: NodeJS.Dict<string | string[]>[];
  readonly spans: ReceivedSpan[];
  readonly resources: Readonly<Record<string, string>>[];
  close(): Promise<void>;
}

/** `answer` sends the response, or none. Default: 200 without a body. */
export async function startOtlpReceiver(
  answer: (response: ServerResponse) => void = (response) => response.end(),
): Promise<OtlpReceiver> {
  const received = {
    bodies: [] as Buffer[],
    headers: [] as NodeJS.Dict<string | string[]>[],
    spans: [] as ReceivedSpan[],
    resources: [] as Record<string, string>[],
  };
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    received.bodies.push(body);
    received.headers.push({ ...request.headers, ":path": request.url });
    for (const resourceSpans of allOf(readFields(body), 1)) {
      const fields = readFields(resourceSpans);
      for (const resource of allOf(fields, 1)) received.resources.push(attributesOf(readFields(resource), 1));
      for (const scope of allOf(fields, 2)) received.spans.push(...allOf(readFields(scope), 2).map(toSpan));
    }
    answer(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    ...received,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

type Fields = readonly (readonly [field: number, value: Uint8Array | bigint])[];

function readFields(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const fields: [number, Uint8Array | bigint][] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.LengthDelimited) fields.push([field, reader.bytes()]);
    else if (type === WireType.Varint) fields.push([field, BigInt(reader.uint64())]);
    else if (type === WireType.Bit64) fields.push([field, BigInt(reader.fixed64())]);
    else fields.push([field, BigInt(reader.fixed32())]);
  }
  return fields;
}

function allOf(fields: Fields, wanted: number): Uint8Array[] {
  return fields.flatMap(([field, value]) => (field === wanted && value instanceof Uint8Array ? [value] : []));
}

function bytesOf(fields: Fields, wanted: number): Buffer {
  return Buffer.from(allOf(fields, wanted)[0] ?? []);
}

function numberOf(fields: Fields, wanted: number): bigint {
  const found = fields.find(([field]) => field === wanted)?.[1];
  return typeof found === "bigint" ? found : 0n;
}

/** Pairs of a name and a text; a value of another kind shows as an empty text. */
function attributesOf(fields: Fields, wanted: number): Record<string, string> {
  const pairs = allOf(fields, wanted).map(readFields);
  return Object.fromEntries(
    pairs.map((pair) => [bytesOf(pair, 1).toString(), bytesOf(readFields(bytesOf(pair, 2)), 1).toString()]),
  );
}

function toSpan(bytes: Uint8Array): ReceivedSpan {
  const fields = readFields(bytes);
  return {
    traceId: bytesOf(fields, 1).toString("hex"),
    spanId: bytesOf(fields, 2).toString("hex"),
    traceState: bytesOf(fields, 3).toString(),
    parentSpanId: bytesOf(fields, 4).toString("hex"),
    name: bytesOf(fields, 5).toString(),
    kind: Number(numberOf(fields, 6)),
    startNs: numberOf(fields, 7),
    endNs: numberOf(fields, 8),
    attributes: attributesOf(fields, 9),
    status: Number(numberOf(readFields(bytesOf(fields, 15)), 3)),
  };
}
