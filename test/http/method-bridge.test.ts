import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PrefixApi } from "../../src/http/call/prefix.ts";
import { makeCertificate } from "../support/clients/certificate.ts";
import { caller, type Fixture, sendRaw, startServer } from "../support/http/fixture.ts";
import { nextChunk } from "../support/http/next-chunk.ts";

/** Answers with what it was sent. */
const echo: PrefixApi = {
  open: ({ verb, url, peer, headers }) => ({
    method: { name: "Echo", parent: { typeName: "test.v1" } },
    isPublic: false,
    hasBody: headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined,
    credential: () => "Bearer x",
    handle: async (_call, body) => ({
      status: 200,
      text: JSON.stringify({ verb, url, peer, body: Buffer.from(body).toString() }),
      code: "ok",
    }),
    refuse: () => ({ status: 500, text: "{}", code: "internal" }),
  }),
};

const options = { prefixes: { "/v1/": echo }, authenticate: () => caller };

function request(verb: string, path: string, body = ""): string {
  const length = body === "" ? "" : `content-length: ${body.length}\r\n`;
  return `${verb} ${path} HTTP/1.1\r\nhost: x\r\n${length}\r\n`;
}

/** Sends each step when the answer to the one before has come. Parts of a step are sent apart. */
async function converse(socket: net.Socket, steps: readonly (string | readonly string[])[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  socket.setNoDelay(true);
  let text = "";
  let wake = () => {};
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    wake();
  });
  const closed = once(socket, "close");
  for (const step of steps) {
    text = "";
    for (const [at, part] of [step].flat().entries()) {
      if (at > 0) await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      socket.write(part);
    }
    await new Promise<void>((resolve, reject) => {
      wake = () => {
        const answer = parseAnswer(text);
        if (answer === undefined) return;
        answers.push(answer);
        resolve();
      };
      socket.once("error", reject);
      socket.once("close", () => resolve());
      wake();
    });
  }
  socket.end();
  await closed;
  return answers;
}

function parseAnswer(text: string): unknown {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const status = Number(text.split(" ")[1]);
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  const body = text.slice(end + 4);
  if (body.length < length) return undefined;
  if (status !== 200) return status;
  const { verb, url, body: sent } = JSON.parse(body);
  return sent === "" ? `${verb} ${url}` : `${verb} ${url} ${sent}`;
}

const steps = [
  request("GET", "/v1/a"),
  request("LIST", "/v1/b"),
  request("GET", "/v1/c"),
  request("SCAN", "/v1/d"),
  [request("PUT", "/v1/e", "LIST /v1/secret"), "LIST /v1/secret"],
  request("LIST", "/v1/f"),
  [`PUT /v1/g HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nSCAN \r\n`, "4\r\n/v1/\r\n0\r\n\r\n"],
  request("LIST", "/v1/h"),
  request("LIST", "/other"),
];

const expected = [
  "GET /v1/a",
  "LIST /v1/b",
  "GET /v1/c",
  "SCAN /v1/d",
  "PUT /v1/e LIST /v1/secret",
  "LIST /v1/f",
  "PUT /v1/g SCAN /v1/",
  "LIST /v1/h",
  400,
];

describe("without TLS", () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startServer(options);
  });

  afterAll(() => fixture.server.close());

  const connect = async () => {
    const socket = net.connect(fixture.port, fixture.host);
    await once(socket, "connect");
    return socket;
  };

  test("LIST and SCAN work on a connection with other requests, and bodies stay as they are", async () => {
    expect(await converse(await connect(), steps)).toEqual(expected);
  });

  test("the first request of a connection may be a LIST, and so may a thousand after it", async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const verbs = new Set<string>();
    const ports = new Set<number | undefined>();
    for (let at = 0; at < 1000; at += 1) {
      const call = http.request({ agent, host: fixture.host, port: fixture.port, method: "LIST", path: `/v1/${at}` });
      call.end();
      const [response] = (await once(call, "response")) as [http.IncomingMessage];
      ports.add(call.socket?.localPort);
      let text = "";
      for await (const chunk of response) text += chunk;
      verbs.add(JSON.parse(text).verb);
    }
    agent.destroy();
    expect([...verbs]).toEqual(["LIST"]);
    expect(ports.size).toBe(1);
  });

  test("the address of the client is that of the connection", async () => {
    const answer = await sendRaw(fixture, `LIST /v1/a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toContain('"peer":"127.0.0.1"');
  });

  test("a request behind another one in the same packet is refused", async () => {
    const answer = await sendRaw(fixture, request("GET", "/v1/a") + request("LIST", "/v1/b"));
    expect(answer).not.toContain("/v1/b");
  });

  test("threat 131: a body that the parser has read is not taken for a request", async () => {
    const body = "LIST /v1/secret/";
    const socket = await connect();
    const whole = [request("PUT", "/v1/a", body), `${body}FOO / HTTP/1.1\r\n\r\n`];
    // Nothing is answered: the request before was still in progress.
    expect(await converse(socket, [whole])).toEqual([]);
  });

  test("LINK and BIND stay what they are", async () => {
    const answers = await converse(await connect(), [
      request("LINK", "/v1/a"),
      request("LIST", "/v1/b"),
      request("BIND", "/v1/c"),
    ]);
    expect(answers).toEqual(["LINK /v1/a", "LIST /v1/b", "BIND /v1/c"]);
  });

  test("a client that leaves frees its connection", async () => {
    const socket = await connect();
    socket.write(request("LIST", "/v1/a"));
    await nextChunk(socket);
    socket.resetAndDestroy();
    await once(socket, "close");
    expect(await converse(await connect(), [request("LIST", "/v1/b")])).toEqual(["LIST /v1/b"]);
  });
});

test("with TLS", async () => {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-bridge-"));
  const { cert, key } = makeCertificate(folder, "localhost");
  const fixture = await startServer({ ...options, tls: { cert: readFileSync(cert), key: readFileSync(key) } });
  const socket = tls.connect({ port: fixture.port, host: fixture.host, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  expect(await converse(socket, steps)).toEqual(expected);
  await fixture.server.close();
  rmSync(folder, { recursive: true });
});

test("bridged connections end when they are idle", async () => {
  const fixture = await startServer({ ...options, timeouts: { idleMs: 50 } });
  const socket = net.connect(fixture.port, fixture.host);
  socket.write(request("LIST", "/v1/a"));
  await nextChunk(socket);
  await once(socket, "close");
  await fixture.server.close();
});

test("threat 260: a bridged connection whose next request trickles in is closed", async () => {
  const fixture = await startServer({ ...options, timeouts: { headersMs: 100, requestMs: 150 } });
  const head = "PUT /v1/b HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n";
  for (const part of ["LIST /v1/b HTTP/1.1\r\nhost:", `${head}\r\nLIST /v1`]) {
    const socket = net.connect(fixture.port, fixture.host);
    socket.on("error", () => {});
    socket.write(request("LIST", "/v1/a"));
    await nextChunk(socket);
    socket.write(part);
    socket.resume();
    await once(socket, "close");
  }
  await fixture.server.close();
});

test("a thousand of them stay open and are served, below the cap", async () => {
  const fixture = await startServer({ ...options, connections: 1100 });
  const sockets: net.Socket[] = [];
  // Of all that one address has asked, half a thousand may wait for their turn. So it asks a part at a time.
  for (let part = 0; part < 4; part += 1) {
    const answers = Array.from({ length: 250 }, async (_, at) => {
      const socket = net.connect(fixture.port, fixture.host);
      sockets.push(socket);
      socket.write(request("LIST", `/v1/${part}/${at}`));
      return String(await nextChunk(socket)).includes(`"url":"/v1/${part}/${at}"`);
    });
    expect((await Promise.all(answers)).filter((isRight) => isRight)).toHaveLength(250);
  }
  expect(sockets.every((socket) => socket.readable && !socket.destroyed)).toBe(true);
  for (const socket of sockets) socket.destroy();
  await fixture.server.close();
});

test("over HTTP/2, LIST arrives as it is", async () => {
  const fixture = await startServer(options);
  const session = http2.connect(fixture.url);
  const stream = session.request({ ":method": "LIST", ":path": "/v1/a" });
  let text = "";
  for await (const chunk of stream) text += chunk;
  expect(JSON.parse(text)).toMatchObject({ verb: "LIST", url: "/v1/a" });
  session.close();
  await fixture.server.close();
});

test("they count as one connection, and give way like any other", async () => {
  const fixture = await startServer({ ...options, connections: 4 });
  const sockets: net.Socket[] = [];
  for (let at = 0; at < 12; at += 1) {
    const socket = net.connect(fixture.port, fixture.host);
    socket.on("error", () => {});
    sockets.push(socket);
    socket.write(request("LIST", `/v1/${at}`));
    await nextChunk(socket);
  }
  const open = sockets.filter((socket) => !socket.destroyed && socket.readable);
  expect(open.length).toBeLessThanOrEqual(5);
  for (const socket of sockets) socket.destroy();
  await fixture.server.close();
});

test("without such an API, LIST is refused", async () => {
  const fixture = await startServer();
  expect(await sendRaw(fixture, request("LIST", "/v1/a"))).toContain("400 Bad Request");
  await fixture.server.close();
});
