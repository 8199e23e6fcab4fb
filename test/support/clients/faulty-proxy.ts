import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";

/** Stands in front of a service and fails calls when a test asks for it. */
export interface FaultyProxy {
  /** Speaks HTTP/2 without TLS. */
  readonly url: string;
  /**
   * Plain HTTP: `POST /unavailable/2` makes the next two calls UNAVAILABLE, `POST /silent` leaves all calls without an
   * answer until the next POST, `POST /cut` ends all connections, `POST /gone` does and makes
   * all later calls UNAVAILABLE, `POST /revoke` revokes the last brief token, `POST /none`
   * lets all through; each also sets the count to 0. `GET /calls` answers how many calls came since, and `POST /brief`
   * a new token of the user `app`.
   */
  readonly controlUrl: string;
  close(): Promise<void>;
}

interface State {
  unavailable: number;
  silent: boolean;
  calls: number;
}

export async function startFaultyProxy(target: string, adminToken: string): Promise<FaultyProxy> {
  const brief = briefTokens(target, adminToken);
  const state: State = { unavailable: 0, silent: false, calls: 0 };
  let service = http2.connect(target);
  // The service ends connections that no one used for long.
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
  const control = http.createServer(async (request, response) => {
    if (request.url === "/brief") return void response.end(await brief.create());
    if (request.url === "/revoke") await brief.revoke();
    if (request.method === "POST") Object.assign(state, readFault(request.url ?? ""));
    const isCut = request.method === "POST" && (request.url === "/cut" || request.url === "/gone");
    if (isCut) for (const session of sessions) session.destroy();
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

/** Tokens of `app`, of which the last one can be revoked. */
function briefTokens(target: string, adminToken: string) {
  let last = "";
  const call = async (method: string, body: object) => {
    const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
    const answer = await fetch(`${target}/secret-svc/tokens`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { readonly secret: string; readonly token: { readonly id: string } };
  };
  return {
    async create() {
      const { secret, token } = await call("PUT", { slug: "app" });
      last = token.id;
      return secret;
    },
    revoke: () => call("DELETE", { id: last }),
  };
}

function readFault(path: string): State {
  const [, fault, count = "0"] = path.split("/");
  const unavailable = fault === "gone" ? Number.POSITIVE_INFINITY : fault === "unavailable" ? Number(count) : 0;
  return { unavailable, silent: fault === "silent", calls: 0 };
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
