import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type Fixture, jsonHeaders, startServer, token } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello } from "../support/http/http2-frames.ts";

let fixture: Fixture;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await fixture.server.close();
});

/** Every address of 127.0.0.0/8 is one of this machine. */
async function open(localAddress = "127.0.0.1"): Promise<Socket> {
  const socket = connect({ port: fixture.port, host: "127.0.0.1", localAddress });
  socket.on("error", () => {});
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

const probe = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
const call = `POST /secret-svc/secrets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 2\r\n\r\n{}`;

/**
 * Sends a request on an open connection. Resolves with the first bytes of the response, or with "" when it is closed.
 */
function ask(socket: Socket, request: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    socket.once("data", (chunk: Buffer) => resolve(chunk.toString("latin1")));
    socket.once("close", () => resolve(""));
    socket.write(request);
  });
}

/** An HTTP/2 connection that only says that it is one. Resolves when the server has answered with its settings. */
async function openHttp2(localAddress: string): Promise<Socket> {
  const socket = await open(localAddress);
  expect(await ask(socket, hello)).not.toBe("");
  return socket;
}

const closed = (socket: Socket) => new Promise<true>((resolve) => socket.once("close", () => resolve(true)));

describe("fault A5: connections that do nothing", () => {
  test("do not keep others of the same address out", async () => {
    fixture = await startServer({ connectionsPerAddress: 20 });
    const first = await open();
    const isClosed = closed(first);
    for (let at = 1; at < 20; at++) await open();
    expect(await ask(await open(), probe)).toMatch(/^HTTP\/1.1 200 /);
    await isClosed;
    for (let at = 0; at < 40; at++) await open();
    expect(await ask(await open(), call)).toMatch(/^HTTP\/1.1 200 /);
  });

  test("do not keep other addresses out, and those of the address with the most give way first", async () => {
    fixture = await startServer({ connections: 30 });
    const quiet = await open("127.0.0.9");
    for (const [address, count] of [
      ["127.0.0.2", 12],
      ["127.0.0.3", 9],
      ["127.0.0.4", 8],
    ] as const) {
      for (let at = 0; at < count; at++) await openHttp2(address);
    }
    for (let at = 0; at < 10; at++) expect(await ask(await open("127.0.0.5"), probe)).toMatch(/^HTTP\/1.1 200 /);
    // The one connection of another address was open longer than all of them.
    expect(await ask(quiet, probe)).toMatch(/^HTTP\/1.1 200 /);
  });

  test("give way before streams of strangers, and callers' with calls in progress never do", async () => {
    fixture = await startServer({ connectionsPerAddress: 3 });
    const gate = Promise.withResolvers<void>();
    fixture.gate = gate.promise;
    const caller = await open();
    const answer = ask(caller, call);
    await expect.poll(() => fixture.calls.length).toBe(1);
    const watcher = await open();
    expect(await ask(watcher, healthWatch)).toMatch(/^HTTP\/1.1 200 /);
    const idle = await open();
    const idleClosed = closed(idle);
    const watcherClosed = closed(watcher);
    const one = await open();
    await idleClosed;
    expect(await ask(one, healthWatch)).toMatch(/^HTTP\/1.1 200 /);
    // Now there are streams of strangers only, and the caller.
    const two = await open();
    await watcherClosed;
    expect(await ask(two, probe)).toMatch(/^HTTP\/1.1 200 /);
    gate.resolve();
    expect(await answer).toMatch(/^HTTP\/1.1 200 /);
  });

  test("of callers give way to strangers only when there is nothing else, and a refused token makes no caller", async () => {
    fixture = await startServer({ connectionsPerAddress: 3 });
    const caller = await open();
    expect(await ask(caller, call)).toMatch(/^HTTP\/1.1 200 /);
    const refused = await open();
    expect(await ask(refused, call.replace(token, "wrong"))).toMatch(/^HTTP\/1.1 401 /);
    const refusedClosed = closed(refused);
    for (let at = 0; at < 10; at++) await open();
    await refusedClosed;
    expect(await ask(caller, call)).toMatch(/^HTTP\/1.1 200 /);
  });

  test("of callers do not keep out a caller who is new: the one that was idle longest gives way", async () => {
    fixture = await startServer({ connectionsPerAddress: 2 });
    const [one, two] = [await open(), await open()];
    expect(await ask(one, call)).toMatch(/^HTTP\/1.1 200 /);
    expect(await ask(two, call)).toMatch(/^HTTP\/1.1 200 /);
    expect(await ask(one, call)).toMatch(/^HTTP\/1.1 200 /);
    const twoClosed = closed(two);
    const three = await open();
    await twoClosed;
    expect(await ask(three, call)).toMatch(/^HTTP\/1.1 200 /);
    expect(await ask(one, call)).toMatch(/^HTTP\/1.1 200 /);
  });

  test("of callers with calls are all that there is: then the new one is closed", async () => {
    fixture = await startServer({ connectionsPerAddress: 2 });
    const gate = Promise.withResolvers<void>();
    fixture.gate = gate.promise;
    const answers = [ask(await open(), call), ask(await open(), call)];
    await expect.poll(() => fixture.calls.length).toBe(2);
    expect(await ask(await open(), probe)).toBe("");
    gate.resolve();
    for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1.1 200 /);
  });

  test("on HTTP/2 count as callers' once a call has shown a valid token", async () => {
    fixture = await startServer({ connectionsPerAddress: 2 });
    const caller = await openHttp2("127.0.0.1");
    const block = headerBlock([
      [":method", "POST"],
      [":path", "/secret-svc/secrets"],
      [":scheme", "http"],
      [":authority", "x"],
      ...Object.entries(jsonHeaders),
    ]);
    const answered = ask(caller, frame(frameType.headers, flags.endHeaders | flags.endStream, 1, block));
    expect(await answered).not.toBe("");
    await expect.poll(() => fixture.calls.length).toBe(1);
    for (let at = 0; at < 5; at++) await open();
    expect(await ask(await open(), probe)).toMatch(/^HTTP\/1.1 200 /);
    const again = frame(frameType.headers, flags.endHeaders | flags.endStream, 3, block);
    expect(await ask(caller, again)).not.toBe("");
    await expect.poll(() => fixture.calls.length).toBe(2);
  });
});

const watchBody = Buffer.from("\0\0\0\0\u0002{}", "latin1");
const healthWatch = `POST /grpc.health.v1.Health/Watch HTTP/1.1\r\nHost: x\r\nContent-Type: application/connect+json\r\nContent-Length: ${watchBody.length}\r\n\r\n${watchBody.toString("latin1")}`;
