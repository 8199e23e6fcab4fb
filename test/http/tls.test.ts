import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, jsonHeaders, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
/** Closes soon what does not begin a handshake: a busy machine needs longer for a good one. */
let impatient: Fixture;
let postQuantum: Fixture;
let ca: Buffer;
/** Gives `postQuantum` its certificate anew. */
let renew: () => void;
let baseUrl: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-tls-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const form = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", ...form, ...subject, "-keyout", keyFile, "-out", certFile], {
    stdio: "pipe",
  });
  ca = readFileSync(certFile);
  const pair = { cert: ca, key: readFileSync(keyFile) };
  fixture = await startServer({ tls: pair });
  impatient = await startServer({ tls: pair, timeouts: { sniffMs: 200, headersMs: 200 } });
  postQuantum = await startServer({ tls: pair, tlsGroups: "pq-only" });
  renew = () => postQuantum.server.replaceCertificate(pair);
  baseUrl = `https://localhost:${fixture.port}`;
  rmSync(folder, { recursive: true });
});
afterAll(() => Promise.all([fixture, impatient, postQuantum].map(({ server }) => server.close())));

const headers = { authorization: `Bearer ${token}` };

test.each([
  ["Connect over HTTP/1.1", () => createConnectTransport({ baseUrl, httpVersion: "1.1", nodeOptions: { ca } })],
  ["Connect over HTTP/2", () => createConnectTransport({ baseUrl, httpVersion: "2", nodeOptions: { ca } })],
  ["gRPC", () => createGrpcTransport({ baseUrl, nodeOptions: { ca } })],
  ["gRPC-Web over HTTP/1.1", () => createGrpcWebTransport({ baseUrl, httpVersion: "1.1", nodeOptions: { ca } })],
  ["gRPC-Web over HTTP/2", () => createGrpcWebTransport({ baseUrl, httpVersion: "2", nodeOptions: { ca } })],
])("%s is served over TLS", async (_name, transport) => {
  fixture.calls.length = 0;
  expect((await createClient(SecretService, transport()).isSecure({}, { headers })).isSecure).toBe(true);
  expect(fixture.calls).toMatchObject([{ peer: "127.0.0.1" }]);
});

test("REST is served over TLS, also to clients that negotiate nothing", async () => {
  const status = await new Promise((resolve, reject) => {
    const options = { ca, ALPNProtocols: [], headers: jsonHeaders };
    https
      .get(`${baseUrl}/secret-svc/is-secure`, options, ({ statusCode }) => resolve(statusCode))
      .once("error", reject);
  });
  expect(status).toBe(200);
});

test("threat 112: a connection without a handshake, or with a malformed one, is closed", async () => {
  for (const bytes of ["", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"]) {
    const socket = net.connect(impatient.port, impatient.host);
    socket.on("error", () => {});
    socket.resume();
    if (bytes !== "") socket.write(bytes);
    await once(socket, "close");
  }
});

/** Whether a handshake with these options succeeds. */
async function connects({ port }: Fixture, options: tls.ConnectionOptions): Promise<boolean> {
  const socket = tls.connect({ port, host: "localhost", ca, ...options });
  try {
    await once(socket, "secureConnect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe("post-quantum key exchange", () => {
  const hybrid = { ecdhCurve: "X25519MLKEM768" };
  const classic = { ecdhCurve: "X25519" };
  const former = { maxVersion: "TLSv1.2" } as const;

  test("is preferred, and others are accepted", async () => {
    const socket = tls.connect({ port: fixture.port, host: "localhost", ca });
    await once(socket, "secureConnect");
    expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: "X25519MLKEM768" });
    socket.destroy();
    for (const options of [hybrid, classic, former, {}]) expect(await connects(fixture, options)).toBe(true);
  });

  test("is the only one with pq-only, also after the certificate was renewed", async () => {
    for (const prepare of [() => {}, renew]) {
      prepare();
      for (const options of [hybrid, {}]) expect(await connects(postQuantum, options)).toBe(true);
      for (const options of [classic, former, { ecdhCurve: "P-256" }]) {
        expect(await connects(postQuantum, options)).toBe(false);
      }
    }
  });
});

test("old versions of TLS are refused", async () => {
  const socket = tls.connect({ port: fixture.port, host: "localhost", ca, maxVersion: "TLSv1.1", minVersion: "TLSv1" });
  await expect(once(socket, "secureConnect")).rejects.toThrow();
});
