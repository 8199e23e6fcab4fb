import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from "../../gen/health_pb.ts";
import {
  ListSecretsRequestSchema,
  ListSecretsResponseSchema,
  SecretSchema,
} from "../../gen/secret/v1/secret_service_pb.ts";
import { decodeText } from "../../src/http/call/grpc-web-text.ts";
import { type Fixture, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer({ corsOrigins: ["https://console.example.com"] });
  fixture.secrets.set("a/b", create(SecretSchema, { key: "a/b", value: "geheim ✓" }));
});
afterAll(() => fixture.server.close());

const list = "/secret.v1.SecretService/ListSecrets";
const watch = "/grpc.health.v1.Health/Watch";
const type = "application/grpc-web-text";
const authorization = `Bearer ${token}`;

function envelope(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

interface Frame {
  readonly isTrailer: boolean;
  readonly data: Buffer;
}

function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    frames.push({ isTrailer: bytes.readUInt8(at) === 0x80, data: bytes.subarray(at + 5, end) });
    at = end;
  }
  return frames;
}

const call = (path: string, body: string, headers: Record<string, string> = { authorization }) =>
  fetch(fixture.url + path, { method: "POST", body, headers: { "content-type": type, "x-grpc-web": "1", ...headers } });

const request = (keys: string[]) =>
  envelope(toBinary(ListSecretsRequestSchema, create(ListSecretsRequestSchema, { keys })));

test.each([type, `${type}+proto`, "Application/gRPC-Web-Text"])(
  "fault C9: a call as %s is answered in base64",
  async (contentType) => {
    const body = request(["a/b"]).toString("base64");
    const answer = await call(list, body, { authorization, "content-type": contentType });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, `${type}+proto`]);
    const [message, trailer, ...others] = framesOf(decodeText(await answer.text()));
    expect(fromBinary(ListSecretsResponseSchema, message?.data ?? Buffer.alloc(0)).secrets).toMatchObject([
      { key: "a/b", value: "geheim ✓" },
    ]);
    expect([trailer?.isTrailer, String(trailer?.data).trim(), others]).toEqual([true, "grpc-status: 0", []]);
  },
);

test("fault C9: the parts of a body may each be padded", async () => {
  const bytes = request(["a/b"]);
  const body = bytes.subarray(0, 4).toString("base64") + bytes.subarray(4).toString("base64");
  expect(framesOf(decodeText(await (await call(list, body)).text()))).toHaveLength(2);
});

test("fault C9: errors are in base64", async () => {
  const refused = await call(list, request([]).toString("base64"), {});
  expect(refused.headers.get("content-type")).toBe(`${type}+proto`);
  const [trailer] = framesOf(decodeText(await refused.text()));
  expect([trailer?.isTrailer, String(trailer?.data)]).toEqual([true, expect.stringContaining("grpc-status: 16")]);
  for (const body of ["AAA!", "A", "\u0000", "AAAA=A"]) {
    const [invalid] = framesOf(decodeText(await (await call(list, body)).text()));
    expect(String(invalid?.data)).toContain("grpc-status: 3");
  }
});

test("fault C9: the limit of a request is that of its message", async () => {
  const atMost = 4 * 1024 * 1024;
  // One key of almost 4 MiB: what is refused is the key, and one byte more is not even read.
  const overhead = request([""]).length - 5 + 3;
  const status = async (bytes: number) => {
    const message = request(["x".repeat(bytes - overhead)]);
    expect(message.length - 5).toBe(bytes);
    const [frame] = framesOf(decodeText(await (await call(list, message.toString("base64"))).text())).slice(-1);
    return /grpc-status: (\d+)/.exec(String(frame?.data))?.[1];
  };
  expect(await status(atMost)).toBe("0");
  expect(await status(atMost + 1)).toBe("8");
});

test("fault C9: a stream is sent message by message, each in base64", async () => {
  fixture.health.setServing(true);
  const message = envelope(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service: "" })));
  const stopped = new AbortController();
  const answer = await fetch(fixture.url + watch, {
    method: "POST",
    body: message.toString("base64"),
    headers: { "content-type": type },
    signal: stopped.signal,
  });
  expect([answer.headers.get("content-type"), answer.headers.get("x-accel-buffering")]).toEqual([
    `${type}+proto`,
    "no",
  ]);
  const reader = answer.body?.getReader();
  const status = async () => {
    const { value } = (await reader?.read()) ?? {};
    const [frame] = framesOf(decodeText(Buffer.from(value ?? []).toString("latin1")));
    return fromBinary(HealthCheckResponseSchema, frame?.data ?? Buffer.alloc(0)).status;
  };
  expect(await status()).toBe(HealthCheckResponse_ServingStatus.SERVING);
  fixture.health.setServing(false);
  expect(await status()).toBe(HealthCheckResponse_ServingStatus.NOT_SERVING);
  stopped.abort();
});

test("fault C9: a stream that is refused is refused in base64", async () => {
  const answer = await call("/secret.v1.SecretService/WatchSecrets", envelope(Buffer.alloc(0)).toString("base64"), {});
  const [trailer] = framesOf(decodeText(await answer.text()));
  expect(String(trailer?.data)).toContain("grpc-status: 16");
});
