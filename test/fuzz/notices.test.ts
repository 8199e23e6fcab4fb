import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { flags, frame, frameType } from "../support/http/http2-frames.ts";
import { statusesOf as statusesOfHttp1 } from "./http1.ts";
import { statusesOf as statusesOfHttp2 } from "./http2.ts";
import { createLanes } from "./lanes.ts";
import { runTarget } from "./run-target.ts";
import { exchange, requireFair } from "./service.ts";
import { defineTarget, each, onlyThrows } from "./target.ts";

async function listen(onConnection: (socket: net.Socket) => void): Promise<{ host: string; port: number }> {
  const server = net.createServer({ allowHalfOpen: true }, onConnection);
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

const options = { seed: 1, inputs: 500, untilMs: Number.POSITIVE_INFINITY, afterRound: () => {} };
const numbers = (check: (input: number) => void) =>
  defineTarget({ name: "numbers", share: 1, atOnce: 8, input: fc.nat(10_000), check: each(check) });

describe("what the fuzzer notices", () => {
  test("an input that breaks something, made small, with the seed that finds it again", async () => {
    const target = numbers((input) => {
      if (input > 100) throw new Error("broken");
    });
    const { failure } = await runTarget(target, options);
    expect(failure).toMatch(/^--seed -?\d+: Error: broken\n\[\[101\]\]/);
    const seed = Number(/^--seed (-?\d+)/.exec(failure ?? "")?.[1]);
    expect((await runTarget(target, { ...options, seed })).failure).toContain("[[101]]");
  });

  test("nothing, after as many inputs as were wanted", async () => {
    let seen = 0;
    const { inputs, failure } = await runTarget(
      numbers(() => {
        seen += 1;
      }),
      options,
    );
    expect(failure).toBeUndefined();
    expect(inputs).toBe(seen);
    expect(inputs).toBeGreaterThanOrEqual(500);
  });

  test("what all inputs share, such as memory", async () => {
    const afterRound = () => {
      throw new Error("500 MiB");
    };
    expect(
      (
        await runTarget(
          numbers(() => {}),
          { ...options, afterRound },
        )
      ).failure,
    ).toContain("500 MiB");
  });

  test("a service that has gone", async () => {
    await expect(exchange({ host: "127.0.0.1", port: 1 }, Buffer.from("x"))).rejects.toThrow("ECONNREFUSED");
  });

  test("an unfair status over HTTP/1.1, also after others", async () => {
    const answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 500 Internal Server Error\r\n\r\n";
    const to = await listen((socket) => socket.end(answer));
    expect(statusesOfHttp1(await exchange(to, Buffer.from("GET / HTTP/1.1\r\n\r\n")))).toEqual([200, 500]);
  });

  test("the answer to each request of a lane, also when the connection closes in between", async () => {
    const answers = [
      "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nab",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n",
    ];
    const to = await listen((socket) => socket.on("data", () => socket.write(answers.shift() ?? "")));
    const request = { verb: "GET", path: "/", headers: [], body: Buffer.alloc(0) };
    const found = await createLanes(to, 1)([request, request, request]);
    expect(found.map(({ status, body }) => [status, body.toString()])).toEqual([
      [200, "ab"],
      [200, "abc"],
      [500, ""],
    ]);
  });

  test("a connection that closes without an answer", async () => {
    const to = await listen((socket) => socket.on("data", () => socket.end()));
    const request = { verb: "GET", path: "/", headers: [], body: Buffer.alloc(0) };
    await expect(createLanes(to, 1)([request])).rejects.toThrow("closed the connection without an answer");
  });

  test("an unfair status over HTTP/2, in each of its spellings", () => {
    const spelled = (...bytes: number[]) => frame(frameType.headers, flags.endHeaders, 1, Buffer.from(bytes));
    const literal = Buffer.from("502");
    // 504 in the Huffman code: 011011 00000 011010, and ones to the end of the byte.
    const huffman = [0b01101100, 0b00001101, 0b01111111];
    const received = Buffer.concat([
      spelled(0x88),
      spelled(0x8e),
      spelled(0x48, literal.length, ...literal),
      spelled(0x48, 0x80 | huffman.length, ...huffman),
    ]);
    expect(statusesOfHttp2(received)).toEqual([200, 500, 502, 504]);
  });

  test.each([[500], [502], [501]])("the status %d", (status) => {
    expect(() => requireFair([200, status])).toThrow(`status ${status}`);
    expect(() => requireFair([200, 503, 429, status], [status])).not.toThrow();
  });

  test("an error of a kind that was not expected", () => {
    expect(() => onlyThrows([TypeError], () => decodeURI("%"))).toThrow(URIError);
    expect(() => onlyThrows([URIError], () => decodeURI("%"))).not.toThrow();
  });
});
