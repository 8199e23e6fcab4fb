import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";

/** Stands in front of a service and fails calls when told to. */
export interface FaultyProxy {
  /** Speaks HTTP/2 without TLS. */
  readonly url: string;
  /**
   * Plain HTTP: `POST /unavailable/2` makes the next two calls UNAVAILABLE, `POST /silent` leaves all calls without an
   * answer until the next POST, `POST /cut` ends all connections, `POST /none` lets all through; each also sets the count to 0. `GET /calls` answers how
   * many calls came since.
   */
  readonly controlUrl: string;
  close(): Promise<void>;
}

interface State {
  unavailable: number;
  silent: boolean;
  calls: number;
}

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const state: State = { unavailable: 0, silent: false, calls: 0 };
  let service = http2.connect(target);
  // The service ends connections that nobody used for long.
  const connected = () => {
    if (service.closed || service.destroyed) service = http2.connect(target);
    return service;
  };
  const sessions = new Set<http2.ServerHttp2Session>();
  const proxy = http2.createServer();
  proxy.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  proxy.on("stream", (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
    stream.on("error", () => undefined);
    state.calls += 1;
    if (state.silent) return;
    if (state.unavailable > 0) {
      state.unavailable -= 1;
      refuse(stream, String(headers["content-type"]));
    } else {
      forward(connected(), stream, headers);
    }
  });
  const control = http.createServer((request, response) => {
    if (request.method === "POST") Object.assign(state, readFault(request.url ?? ""));
    if (request.method === "POST" && request.url === "/cut") for (const session of sessions) session.destroy();
    response.end(String(state.calls));
  });
  return {
    url: await listen(proxy),
    controlUrl: await listen(control),
    close: async () => {
      service.destroy();
      for (const session of sessions) session.destroy();
      control.closeAllConnections();
      await Promise.all([proxy, control].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function readFault(path: string): State {
  const [, fault, count = "0"] = path.split("/");
  return { unavailable: fault === "unavailable" ? Number(count) : 0, silent: fault === "silent", calls: 0 };
}

function refuse(stream: http2.ServerHttp2Stream, contentType: string): void {
  if (contentType.startsWith("application/grpc")) {
    const status = { "grpc-status": "14", "grpc-message": "unavailable on purpose" };
    stream.respond({ ":status": 200, "content-type": contentType, ...status }, { endStream: true });
  } else {
    stream.respond({ ":status": 503, "content-type": "application/json" });
    stream.end(JSON.stringify({ code: "unavailable", message: "unavailable on purpose" }));
  }
}

function forward(
  service: http2.ClientHttp2Session,
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
): void {
  const call = service.request(headers);
  call.on("error", () => stream.destroy());
  stream.once("aborted", () => call.close());
  let trailers: http2.IncomingHttpHeaders = {};
  call.on("trailers", (received) => {
    trailers = received;
  });
  call.on("response", (answer, flags) => {
    if (stream.destroyed) return;
    const endStream = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, { endStream, waitForTrailers: !endStream });
    if (!endStream) call.pipe(stream);
  });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.pipe(call);
}

async function listen(server: http.Server | http2.Http2Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
