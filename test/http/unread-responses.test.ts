import { once } from "node:events";
import net from "node:net";
import { expect, test } from "vitest";
import { jsonHeaders, send, startServer } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello, readFrames } from "../support/http/http2-frames.ts";

const settings = (window: number) => {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(4, 0);
  payload.writeUInt32BE(window, 2);
  return frame(frameType.settings, 0, 0, payload);
};

test("threat 188: a response that is still unsent when its stream is ended does not occupy the service for ever", async () => {
  const fixture = await startServer();
  const socket = net.connect(fixture.port, fixture.host);
  socket.on("error", () => {});
  let received = Buffer.alloc(0);
  const request = headerBlock([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", "/secret.v1.SecretService/ListSecrets"],
    [":authority", "x"],
    ["content-type", "application/json"],
    ["authorization", "Bearer wrong"],
  ]);
  // Neither is the request ended, nor may the body of its refusal be sent.
  socket.write(Buffer.concat([hello, settings(0), frame(frameType.headers, flags.endHeaders, 1, request)]));
  const isReset = () => readFrames(received).some(({ type, stream }) => type === frameType.rstStream && stream === 1);
  while (!isReset()) received = Buffer.concat([received, (await once(socket, "data"))[0]]);
  socket.write(Buffer.concat([settings(65_535), frame(frameType.ping, 0, 0, Buffer.alloc(8))]));
  const isServed = await send(fixture, "POST", "/secret.v1.SecretService/EncryptValue", { value: "x" }, jsonHeaders);
  expect(isServed.status).toBe(200);
  const empty = readFrames(received).filter(({ type, payload }) => type === frameType.data && payload.length === 0);
  expect(empty).toEqual([]);
  socket.destroy();
  await fixture.server.close();
});
