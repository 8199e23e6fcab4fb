import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, BlockList, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCertificate } from "../support/clients/certificate.ts";
import { type Fixture, sendRaw, startServer, token } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello } from "../support/http/http2-frames.ts";
import { nextChunk } from "../support/http/next-chunk.ts";
import { ipv4, ipv6, version2 } from "../support/http/proxy-headers.ts";

const line = "PROXY TCP4 192.0.2.7 203.0.113.1 50130 443\r\n";
const request = `POST /secret-svc/secrets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6\r\nContent-Length: 2\r\n\r\n{}`;

describe("fault A4: a listener with the PROXY protocol", () => {
  let fixture: Fixture;
  let secure: Fixture;
  let ca: Buffer;
  beforeAll(async () => {
    const networks = new BlockList();
    networks.addAddress("127.0.0.1");
    const proxies = { networks, header: "x-forwarded-for", sendsProxyProtocol: true };
    const folder = mkdtempSync(join(tmpdir(), "secret-svc-proxy-"));
    const { cert, key } = makeCertificate(folder, "localhost");
    ca = readFileSync(cert);
    fixture = await startServer({ proxies });
    secure = await startServer({ proxies, tls: { cert: ca, key: readFileSync(key) } });
    rmSync(folder, { recursive: true });
  });
  afterAll(() => Promise.all([fixture.server.close(), secure.server.close()]));

  const peerOf = async (...chunks: (string | Buffer)[]) => {
    fixture.calls.length = 0;
    const answer = await sendRaw(fixture, ...chunks);
    return answer.startsWith("HTTP/1.1 200 ") ? fixture.calls[0]?.peer : answer.slice(0, 12);
  };

  test("has the address of the client, and ignores other headers", async () => {
    expect(await peerOf(line, request)).toBe("192.0.2.7");
    expect(await peerOf(line + request)).toBe("192.0.2.7");
    expect(await peerOf(Buffer.concat([version2(0x21, 0x21, ipv6), Buffer.from(request)]))).toBe("2001:db8::7");
  });

  test("has that of the proxy, when it speaks for itself", async () => {
    expect(await peerOf(version2(0x20, 0x11, ipv4), request)).toBe("127.0.0.1");
    expect(await peerOf("PROXY UNKNOWN\r\n", request)).toBe("127.0.0.1");
  });

  test("closes what begins otherwise, and never guesses", async () => {
    expect(await peerOf(request)).toBe("");
    expect(await peerOf("PROXY TCP4 nonsense\r\n", request)).toBe("");
  });

  test("reads one header, not two", async () => {
    expect(await peerOf(line, line, request)).toBe("HTTP/1.1 400");
  });

  test("reads it byte by byte", async () => {
    const socket = connect({ port: fixture.port, host: fixture.host, noDelay: true });
    fixture.calls.length = 0;
    for (const byte of Buffer.from(line + request)) {
      socket.write(Buffer.of(byte));
      await tick();
    }
    socket.resume();
    await once(socket, "close");
    expect(fixture.calls[0]?.peer).toBe("192.0.2.7");
  });

  test("reads HTTP/2 after it", async () => {
    const block = headerBlock([
      [":method", "POST"],
      [":path", "/secret-svc/secrets"],
      [":scheme", "http"],
      [":authority", "x"],
      ["authorization", `Bearer ${token}`],
      ["content-type", "application/json"],
    ]);
    const call = frame(frameType.headers, flags.endHeaders | flags.endStream, 1, block);
    fixture.calls.length = 0;
    await sendRaw(
      fixture,
      Buffer.concat([Buffer.from(line), hello, call, frame(frameType.goAway, 0, 0, Buffer.alloc(8))]),
    );
    expect(fixture.calls[0]?.peer).toBe("192.0.2.7");
  });

  test.each([["h2"], ["http/1.1"], [undefined]])("reads TLS after it, with ALPN %s", async (protocol) => {
    for (const isTogether of [false, true]) {
      secure.calls.length = 0;
      const relay = await startRelay(secure.port, line, isTogether);
      const ALPNProtocols = protocol === undefined ? [] : [protocol];
      const socket = connectTls({ port: relay.port, ca, servername: "localhost", ALPNProtocols });
      await once(socket, "secureConnect");
      if (protocol === "h2") {
        const block = headerBlock([
          [":method", "POST"],
          [":path", "/secret-svc/secrets"],
          [":scheme", "https"],
          [":authority", "x"],
          ["authorization", `Bearer ${token}`],
          ["content-type", "application/json"],
        ]);
        const call = frame(frameType.headers, flags.endHeaders | flags.endStream, 1, block);
        socket.write(Buffer.concat([hello, call, frame(frameType.goAway, 0, 0, Buffer.alloc(8))]));
      } else socket.write(request);
      socket.resume();
      await once(socket, "close");
      expect(secure.calls[0]?.peer).toBe("192.0.2.7");
      relay.stop();
    }
  });

  test("believes no other address: what it sends is read as HTTP, whatever it is", async () => {
    const from = async (...chunks: string[]) => {
      const socket = connect({ port: fixture.port, host: fixture.host, localAddress: "127.0.0.2" });
      return collect(socket, chunks);
    };
    fixture.calls.length = 0;
    expect(await from(line, request)).toMatch(/^HTTP\/1.1 400 /);
    expect(fixture.calls).toEqual([]);
    expect(await from(request)).toMatch(/^HTTP\/1.1 200 /);
    expect(fixture.calls[0]?.peer).toBe("127.0.0.2");
  });

  test("closes a connection without a header in time", async () => {
    const networks = new BlockList();
    networks.addAddress("127.0.0.1");
    const proxies = { networks, header: undefined, sendsProxyProtocol: true };
    const impatient = await startServer({ proxies, timeouts: { proxyHeaderMs: 100 } });
    expect(await sendRaw(impatient)).toBe("");
    expect(await sendRaw(impatient, "PROXY TCP4 192.0.2.7 203")).toBe("");
    await impatient.server.close();
  });

  test("refuses connections of a client that misbehaved, and of no other one behind the same proxy", async () => {
    const networks = new BlockList();
    networks.addAddress("127.0.0.1");
    const proxies = { networks, header: undefined, sendsProxyProtocol: true };
    const server = await startServer({ proxies });
    const header = (client: string) => `PROXY TCP4 ${client} 203.0.113.1 50130 443\r\n`;
    // Refused requests, one after the other, until the connection is closed.
    const socket = connect(server.port, server.host);
    const isClosed = once(socket, "close");
    const bad = "GET /secret-svc/is-secure HTTP/1.1\r\nhost: x\r\nauthorization: Bearer wrong\r\n\r\n";
    socket.on("error", () => {});
    socket.on("data", () => socket.write(bad));
    socket.write(header("192.0.2.66") + bad);
    await isClosed;
    expect(await sendRaw(server, header("192.0.2.66"), request)).toBe("");
    expect(await sendRaw(server, header("192.0.2.7"), request)).toMatch(/^HTTP\/1.1 200 /);
    await server.server.close();
  });

  test("counts connections by the address of the client", async () => {
    const networks = new BlockList();
    networks.addAddress("127.0.0.1");
    const proxies = { networks, header: undefined, sendsProxyProtocol: true };
    const few = await startServer({ proxies, connectionsPerAddress: 1 });
    const open = async (client: string) => {
      const socket = connect(few.port, few.host);
      socket.on("error", () => {});
      socket.write(`PROXY TCP4 ${client} 203.0.113.1 50130 443\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`);
      await nextChunk(socket);
      return socket;
    };
    const one = await open("192.0.2.1");
    const closed = once(one, "close");
    const two = await open("192.0.2.2");
    const three = await open("192.0.2.1");
    await closed;
    expect([two.destroyed, three.destroyed]).toEqual([false, false]);
    two.destroy();
    three.destroy();
    await few.server.close();
  });
});

/** Sends a header before what clients send: in the same packet, or before there is anything. */
async function startRelay(target: number, header: string, isTogether: boolean) {
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const service = connect({ port: target, host: "127.0.0.1", noDelay: true });
    if (!isTogether) service.write(header);
    client.once("data", (first: Buffer) => {
      service.write(isTogether ? Buffer.concat([Buffer.from(header), first]) : first);
      client.pipe(service).pipe(client);
    });
    for (const socket of [client, service]) socket.on("error", () => socket.destroy());
    sockets.push(client, service);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function collect(socket: Socket, chunks: readonly string[]): Promise<string> {
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => received.push(chunk));
  socket.on("error", () => {});
  for (const chunk of chunks) socket.write(chunk);
  await once(socket, "close");
  return Buffer.concat(received).toString("latin1");
}
