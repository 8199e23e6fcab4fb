import { once } from "node:events";
import http2 from "node:http2";
import { connect } from "node:net";
import { setImmediate as tick } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ConnectError, createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { afterEach, describe, expect, test } from "vitest";
import { Health, HealthCheckResponseSchema, HealthCheckResponse_ServingStatus as Status } from "../../gen/health_pb.ts";
import { serveService } from "../../src/http/call/service.ts";
import { type Fixture, startServer } from "../support/http/fixture.ts";

const small = create(HealthCheckResponseSchema, { status: Status.SERVING });

/** A field that no one knows fills a connection sooner. */
const large: typeof small = {
  ...small,
  $unknown: [
    { no: 100, wireType: WireType.LengthDelimited, data: new BinaryWriter().bytes(new Uint8Array(100_000)).finish() },
  ],
};

/** A service whose watch goes on until it is ended, and reports how its calls ended. */
async function startWatched(pause: (signal: AbortSignal) => Promise<unknown>, message = small) {
  const state = { open: 0, seen: 0, outcomes: [] as string[] };
  const implementation = {
    check: () => ({}),
    list: () => ({}),
    async *watch(_request: unknown, { signal }: HandlerContext) {
      state.open += 1;
      state.seen += 1;
      try {
        for (;;) {
          yield message;
          await pause(signal);
        }
      } finally {
        state.open -= 1;
      }
    },
  };
  const fixture = await startServer({
    services: [serveService(Health, implementation, { isPublic: true })],
    observe: ({ code }) => state.outcomes.push(code),
    timeouts: { shutdownMs: 100 },
  });
  return { fixture, state };
}

type Watched = Awaited<ReturnType<typeof startWatched>>;

async function allEnded({ state, fixture }: Watched, count: number) {
  await expect.poll(() => state.outcomes).toEqual(Array.from({ length: count }, () => "canceled"));
  expect(state).toMatchObject({ open: 0, seen: count });
  // What fails to be written says so only after the handler has ended.
  for (let i = 0; i < 10; i += 1) await tick();
  expect(fixture.log).toEqual([]);
}

let watched: Watched | undefined;
afterEach(() => watched?.fixture.server.close());

const transports: readonly [string, (baseUrl: string, sessionManager: Http2SessionManager) => Transport][] = [
  ["gRPC", (baseUrl, sessionManager) => createGrpcTransport({ baseUrl, sessionManager })],
  [
    "gRPC-Web over HTTP/2",
    (baseUrl, sessionManager) => createGrpcWebTransport({ baseUrl, httpVersion: "2", sessionManager }),
  ],
  [
    "Connect over HTTP/2",
    (baseUrl, sessionManager) => createConnectTransport({ baseUrl, httpVersion: "2", sessionManager }),
  ],
  ["gRPC-Web over HTTP/1.1", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
  ["Connect over HTTP/1.1", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
];

test.each(transports)("a client of %s that leaves a stream in the middle is not an error", async (_name, open) => {
  watched = await startWatched(() => tick());
  const sessionManager = new Http2SessionManager(watched.fixture.url);
  const client = createClient(Health, open(watched.fixture.url, sessionManager));
  const count = 10;
  for (let leftAfter = 1; leftAfter <= count; leftAfter += 1) {
    const ending = new AbortController();
    let received = 0;
    const watching = async () => {
      for await (const _ of client.watch({}, { signal: ending.signal })) {
        received += 1;
        if (received === leftAfter) ending.abort();
      }
    };
    await expect(watching()).rejects.toThrow();
  }
  await allEnded(watched, count);
  sessionManager.abort();
});

const head = { ":method": "POST", ":path": "/grpc.health.v1.Health/Watch", "content-type": "application/grpc" };

/** Watches, and reads no more than the headers of the answer. */
async function watchUnread({ url }: Fixture) {
  const session = http2.connect(url);
  session.on("error", () => {});
  const stream = session.request({ ...head, te: "trailers" });
  stream.on("error", () => {});
  stream.end(Buffer.alloc(5));
  await once(stream, "response");
  return { session, stream };
}

/** The connection is full when the handler is not asked for more. */
function countingPause() {
  let asked = 0;
  const pause = async () => {
    asked += 1;
  };
  const untilFull = async () => {
    for (let before = -1; before !== asked; ) {
      before = asked;
      for (let i = 0; i < 20; i += 1) await tick();
    }
  };
  return { pause, untilFull };
}

describe("a stream that no one reads ends", () => {
  test.each([
    ["is reset", ({ stream }: { stream: http2.ClientHttp2Stream }) => stream.close(http2.constants.NGHTTP2_CANCEL)],
    ["loses its connection", ({ session }: { session: http2.ClientHttp2Session }) => session.destroy()],
  ])("when it %s", async (_how, leave) => {
    const { pause, untilFull } = countingPause();
    watched = await startWatched(pause, large);
    const unread = await watchUnread(watched.fixture);
    await untilFull();
    leave(unread);
    await allEnded(watched, 1);
    unread.session.destroy();
  });

  test("also over HTTP/1.1", async () => {
    const { pause, untilFull } = countingPause();
    watched = await startWatched(pause, large);
    const socket = connect(watched.fixture.port, watched.fixture.host);
    socket.on("error", () => {});
    socket.write(
      "POST /grpc.health.v1.Health/Watch HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc-web\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0",
    );
    await once(socket, "readable");
    await untilFull();
    socket.destroy();
    await allEnded(watched, 1);
  });
});

test("a connection of HTTP/2 that its client closes takes silent streams with it", async () => {
  watched = await startWatched((signal) => once(signal, "abort"));
  const { session } = await watchUnread(watched.fixture);
  session.destroy();
  await allEnded(watched, 1);
});

describe("what is not only that the client has left is logged:", () => {
  const logged = async (message: string, code: string) => {
    await expect.poll(() => watched?.fixture.log).toHaveLength(1);
    const [event] = watched?.fixture.log ?? [];
    expect(event).toMatchObject({ level: "error", message });
    const { error } = event ?? {};
    expect(error instanceof ConnectError ? error.cause : error).toMatchObject({ code });
  };

  test("a handler whose own connection was reset", async () => {
    watched = await startWatched(async () => {
      throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    });
    const { session } = await watchUnread(watched.fixture);
    await logged("Watch failed", "ECONNRESET");
    expect(watched.state.outcomes).toEqual(["internal"]);
    session.destroy();
  });

  test("a client that says that it was sent nonsense", async () => {
    const { pause, untilFull } = countingPause();
    watched = await startWatched(pause, large);
    const { session, stream } = await watchUnread(watched.fixture);
    await untilFull();
    stream.close(http2.constants.NGHTTP2_PROTOCOL_ERROR);
    await logged("the stream Watch broke", "ERR_HTTP2_STREAM_ERROR");
    session.destroy();
  });
});
