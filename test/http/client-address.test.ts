import { once } from "node:events";
import http2 from "node:http2";
import { BlockList, connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createClientAddress } from "../../src/http/connection/client-address.ts";
import { isListed } from "../../src/text/address.ts";
import { type Fixture, jsonHeaders, send, startServer } from "../support/http/fixture.ts";

const networks = new BlockList();
networks.addSubnet("10.0.0.0", 8, "ipv4");
networks.addSubnet("fd00:1::", 64, "ipv6");
const isProxy = (address: string) => isListed(networks, address);

const read = (header: string, peer: string, ...lines: readonly (readonly [string, string])[]) =>
  createClientAddress(header, isProxy)(peer, lines.flat());

describe("fault A4: the client of x-forwarded-for", () => {
  const of = (peer: string, ...values: string[]) =>
    read("x-forwarded-for", peer, ...values.map((value) => ["X-Forwarded-For", value] as const));

  test.each([
    // Read from the right, over the listed networks.
    ["10.0.0.1", ["192.0.2.7"], "192.0.2.7"],
    ["10.0.0.1", ["192.0.2.7, 10.9.9.9"], "192.0.2.7"],
    ["10.0.0.1", ["6.6.6.6, 192.0.2.7, 10.9.9.9"], "192.0.2.7"],
    ["10.0.0.1", ["6.6.6.6", "192.0.2.7", "10.9.9.9"], "192.0.2.7"],
    ["10.0.0.1", ["10.2.2.2, 10.1.1.1"], "10.2.2.2"],
    ["fd00:1::5", ["2001:DB8::0:7"], "2001:db8::7"],
    ["fd00:1::5", ["192.0.2.7, fd00:1::9"], "192.0.2.7"],
    // Ports, brackets and mapped addresses.
    ["10.0.0.1", ["192.0.2.7:4711"], "192.0.2.7"],
    ["10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"],
    ["10.0.0.1", ["[2001:db8::7]"], "2001:db8::7"],
    ["10.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"],
    ["10.0.0.1", ["6.6.6.6, ::ffff:10.0.0.3"], "6.6.6.6"],
    // What cannot be read counts as the proxy that sent it.
    ["10.0.0.1", [], "10.0.0.1"],
    ["10.0.0.1", [""], "10.0.0.1"],
    ["10.0.0.1", ["unknown"], "10.0.0.1"],
    ["10.0.0.1", ["6.6.6.6, "], "10.0.0.1"],
    ["10.0.0.1", ["6.6.6.6,,"], "10.0.0.1"],
    ["10.0.0.1", ["6.6.6.6, unix:"], "10.0.0.1"],
    ["10.0.0.1", ["6.6.6.6, client.example.com"], "10.0.0.1"],
    ["10.0.0.1", ["6.6.6.6, 192.0.2.777"], "10.0.0.1"],
    ["10.0.0.1", ["6.6.6.6, 010.0.0.1"], "10.0.0.1"],
    ["10.0.0.1", ["6.6.6.6, fe80::1%eth0"], "10.0.0.1"],
    ["10.0.0.1", ["6.6.6.6, bad, 10.7.7.7"], "10.7.7.7"],
    ["10.0.0.1", ["6.6.6.6; 192.0.2.7"], "10.0.0.1"],
    // Never believed from others.
    ["192.0.2.1", ["6.6.6.6"], "192.0.2.1"],
    ["11.0.0.1", ["10.0.0.1"], "11.0.0.1"],
    ["fd00:2::5", ["6.6.6.6"], "fd00:2::5"],
    ["", ["6.6.6.6"], ""],
  ])("of a call from %s with %j is %s", (peer, values, client) => {
    expect(of(peer, ...values)).toBe(client);
  });

  test("is not that of any other header", () => {
    const others = ["forwarded", "x-real-ip", "x-forwarded-fox", "x-forwarded", "via"];
    const lines = others.map((name) => [name, name === "forwarded" ? "for=6.6.6.6" : "6.6.6.6"] as const);
    expect(read("x-forwarded-for", "10.0.0.1", ...lines)).toBe("10.0.0.1");
    expect(read("x-real-ip", "10.0.0.1", ["X-Real-IP", "192.0.2.7"], ["x-forwarded-for", "6.6.6.6"])).toBe("192.0.2.7");
  });
});

describe("fault A4: the client of forwarded", () => {
  const of = (...values: string[]) =>
    read("forwarded", "10.0.0.1", ...values.map((value) => ["Forwarded", value] as const));

  test.each([
    [["for=192.0.2.7"], "192.0.2.7"],
    [["For=192.0.2.7;proto=https;by=203.0.113.43"], "192.0.2.7"],
    [["proto=https; for=192.0.2.7 ; host=a.example"], "192.0.2.7"],
    [['for="192.0.2.7:4711"'], "192.0.2.7"],
    [["for=192.0.2.7:4711"], "192.0.2.7"],
    [['for="[2001:db8:cafe::17]:4711"'], "2001:db8:cafe::17"],
    [['for="[2001:db8:cafe::17]"'], "2001:db8:cafe::17"],
    [["for=6.6.6.6, for=192.0.2.7, for=10.4.4.4"], "192.0.2.7"],
    [["for=6.6.6.6", "for=192.0.2.7", "for=10.4.4.4;by=10.0.0.1"], "192.0.2.7"],
    [['for=192.0.2.7;host="a,b;c"'], "192.0.2.7"],
    // A client cannot swallow what the proxy appends, nor pass off its own as that.
    [['for="6.6.6.6, for=192.0.2.7'], "192.0.2.7"],
    [['for=6.6.6.6;host=", for=192.0.2.7'], "192.0.2.7"],
    [['for=6.6.6.6;host=", for="[2001:db8::7]:1"'], "2001:db8::7"],
    [['for=6.6.6.6, "', "for=192.0.2.7"], "192.0.2.7"],
    [["for=6.6.6.6, for=unknown"], "10.0.0.1"],
    [["for=6.6.6.6, for=_hidden"], "10.0.0.1"],
    [["for=6.6.6.6, proto=https"], "10.0.0.1"],
    [["for=6.6.6.6;for=192.0.2.7"], "10.0.0.1"],
    [["6.6.6.6"], "10.0.0.1"],
    [["for=6.6.6.6 for=192.0.2.7"], "10.0.0.1"],
    [["for=6.6.6.6,"], "10.0.0.1"],
    [[""], "10.0.0.1"],
    [[], "10.0.0.1"],
  ])("in %j is %s", (values, client) => {
    expect(of(...values)).toBe(client);
  });

  test("is found in time, whatever is sent", () => {
    const long = 'for="\\'.repeat(3_000);
    expect(of(long)).toBe("10.0.0.1");
    expect(of("for=10.1.1.1,".repeat(1_200))).toBe("10.0.0.1");
    expect(of(`${"for=10.1.1.1,".repeat(1_200)}for=10.2.2.2`)).toBe("10.1.1.1");
  });
});

describe("fault A4: a server", () => {
  let fixture: Fixture | undefined;
  afterEach(() => fixture?.server.close());

  const call = async (headers: Record<string, string>) => {
    if (fixture === undefined) throw new Error("there is no server");
    fixture.calls.length = 0;
    expect((await send(fixture, "POST", "/secret-svc/secrets", {}, { ...jsonHeaders, ...headers })).status).toBe(200);
    return fixture.calls[0]?.peer;
  };

  test("behind a listed proxy has the address from its header, also for limits", async () => {
    const listed = new BlockList();
    listed.addSubnet("127.0.0.0", 8, "ipv4");
    const seen: string[] = [];
    fixture = await startServer({
      proxies: { networks: listed, header: "x-forwarded-for", sendsProxyProtocol: false },
      authenticate(_authorization, peer) {
        seen.push(peer);
        return {
          tenant: "default",
          slug: "a",
          roles: [],
          admin: false,
          operator: false,
          grants: [],
          tokenId: "",
          tokenExpireAtMs: 0,
        };
      },
    });
    expect(await call({ "x-forwarded-for": "6.6.6.6, 192.0.2.7" })).toBe("192.0.2.7");
    expect(await call({ forwarded: "for=6.6.6.6" })).toBe("127.0.0.1");
    expect(seen).toEqual(["192.0.2.7", "127.0.0.1"]);
  });

  test("does not drop the connection of a proxy because of one client, as it drops that of a client", async () => {
    const listed = new BlockList();
    listed.addAddress("127.0.0.1");
    fixture = await startServer({
      proxies: { networks: listed, header: "x-forwarded-for", sendsProxyProtocol: false },
    });
    const { port, host } = fixture;
    /** Resolves with the number of refusals that come over one connection before it is closed. */
    const refusals = async (localAddress: string) => {
      const socket = connect({ port, host, localAddress });
      socket.on("error", () => {});
      const isClosed = once(socket, "close");
      const ask = "GET /secret-svc/is-secure HTTP/1.1\r\nhost: x\r\nauthorization: Bearer wrong\r\n\r\n";
      let count = 0;
      socket.on("data", (chunk: Buffer) => {
        count += chunk.toString("latin1").split("HTTP/1.1 401 ").length - 1;
        if (count < 400) socket.write(ask);
        else socket.destroy();
      });
      socket.write(ask);
      await isClosed;
      return count;
    };
    expect(await refusals("127.0.0.1")).toBe(400);
    expect(await refusals("127.0.0.2")).toBeLessThan(300);
  });

  test("limits the memory of each client of a proxy by itself, although they share a connection", async () => {
    const listed = new BlockList();
    listed.addAddress("127.0.0.1");
    const memory = { connectionBytes: 3 * 128 * 1024 };
    for (const isListedProxy of [true, false]) {
      const proxies = { networks: listed, header: "x-forwarded-for", sendsProxyProtocol: false };
      fixture = await startServer({ memory, ...(isListedProxy ? { proxies } : {}) });
      const gate = Promise.withResolvers<void>();
      fixture.gate = gate.promise;
      const session = http2.connect(fixture.url);
      const answers = Array.from({ length: 10 }, async (_, at) => {
        const headers = { ...jsonHeaders, "x-forwarded-for": `192.0.2.${at}` };
        const stream = session.request({ ":method": "POST", ":path": "/secret-svc/secrets", ...headers });
        stream.end("{}");
        const [answer] = await once(stream, "response");
        stream.resume();
        return answer[":status"];
      });
      await expect.poll(() => fixture?.calls.length).toBe(isListedProxy ? 10 : 3);
      gate.resolve();
      expect(await Promise.all(answers)).toEqual(Array(10).fill(200));
      session.destroy();
      await fixture.server.close();
    }
  });

  test("does not believe other addresses, nor anything without the setting", async () => {
    const listed = new BlockList();
    listed.addAddress("127.0.0.2");
    fixture = await startServer({
      proxies: { networks: listed, header: "x-forwarded-for", sendsProxyProtocol: false },
    });
    expect(await call({ "x-forwarded-for": "6.6.6.6" })).toBe("127.0.0.1");
    await fixture.server.close();
    fixture = await startServer();
    expect(await call({ "x-forwarded-for": "6.6.6.6", forwarded: "for=6.6.6.6" })).toBe("127.0.0.1");
  });
});
