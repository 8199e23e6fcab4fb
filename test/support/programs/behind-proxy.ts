import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallPath } from "../../../scripts/console/scene.ts";
import { startProgram } from "../cli/long-run.ts";
import { makeCertificate } from "../clients/certificate.ts";
import { readBlocks } from "../docs/markdown.ts";
import { freePort } from "../mongo/free-port.ts";
import { type ServerProcess, startServer } from "../server-process.ts";
import type { DebianProgram, FoundProgram } from "./debian-program.ts";

/** A service with a proxy in front of it, both with TLS. */
export interface BehindProxy {
  readonly url: string;
  readonly ca: Buffer;
  readonly caFile: string;
  readonly adminToken: string;
  stop(): Promise<void>;
}

export interface ProxyProgram {
  readonly program: DebianProgram;
  /** The name of its example in docs/operations.md, or the text of a configuration like those. */
  readonly example: string | { readonly text: string };
  /**
   * The whole configuration, around that of the example. `folder` is for its files, and `root` where its packages are.
   */
  readonly configure: (example: string, folder: string, root: string) => string;
  readonly args: (configuration: string, folder: string) => readonly string[];
  /**
   * How the proxy sends the address of its client, and what else the service has to know. `port` is that of the proxy.
   */
  readonly settings: Readonly<Record<string, string>> | ((port: number) => Readonly<Record<string, string>>);
}

/** Only this one is a listed proxy. Clients call from other addresses of this machine. */
const proxyAddress = "127.0.0.1";

export async function startBehindProxy(options: ProxyProgram, { path, root, env }: FoundProgram): Promise<BehindProxy> {
  const folder = mkdtempSync(join(tmpdir(), "behind-proxy-"));
  const { cert, key } = makeCertificate(folder, "localhost");
  writeFileSync(join(folder, "tls.pem"), readFileSync(cert, "utf8") + readFileSync(key, "utf8"));
  const port = await freePort();
  const service = await startServer({
    args: ["--tls-cert", cert, "--tls-key", key],
    env: {
      SECRET_SVC_METRICS_LISTEN: "127.0.0.1:0",
      SECRET_SVC_TRUSTED_PROXIES: proxyAddress,
      SECRET_SVC_FAILURES_PER_MINUTE: "5",
      ...(typeof options.settings === "function" ? options.settings(port) : options.settings),
    },
  });
  const text = typeof options.example === "string" ? readExample(options.example) : options.example.text;
  const example = adapt(text, [
    [/\b10\.1\.0\.1[12]:11337\b/g, new URL(service.url).host],
    [/\bsecrets\.example\.com:443\b/g, `:${port}`],
    [/\b443\b/g, `${port}`],
    [/\b9464\b/g, metricsPortOf(service)],
    [/\bsecrets\.internal\b/g, "localhost"],
    [/\/etc\/proxy\/tls\.pem\b/g, join(folder, "tls.pem")],
    [/\/etc\/proxy\/tls\.key\b/g, key],
    [/\/etc\/proxy\/(?:tls\.crt|secret-svc-ca\.pem)/g, cert],
  ]);
  const file = join(folder, "proxy.conf");
  writeFileSync(file, `${options.configure(example, folder, root)}\n`);
  const proxy = startProgram(path, options.args(file, folder), { env: { ...env, HOME: folder }, cwd: folder });
  const stop = async () => {
    proxy.signal("SIGKILL");
    await proxy.ended;
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const ca = readFileSync(cert);
  const url = `https://127.0.0.1:${port}`;
  try {
    await untilReady(url, ca, proxy.ended);
  } catch (error) {
    const output = proxy.stdout() + proxy.stderr();
    await stop();
    throw new Error(`${path} does not pass calls on:\n${output}`, { cause: error });
  }
  return { url, ca, caFile: cert, adminToken: service.adminToken, stop };
}

function readExample(name: string): string {
  const found = readBlocks("docs/operations.md").find(({ marks }) => marks.includes(`example ${name}`));
  if (found === undefined) throw new Error(`docs/operations.md has no example ${name}`);
  return found.text;
}

/** Every name of the examples that is replaced has to be in one of them, but not in each. */
function adapt(text: string, replacements: readonly (readonly [RegExp, string])[]): string {
  return replacements.reduce((adapted, [pattern, value]) => adapted.replace(pattern, value), text);
}

function metricsPortOf(service: ServerProcess): string {
  const port = /metrics: +http:\/\/[^\s/]+:(\d+)\//.exec(service.output())?.[1];
  if (port === undefined) throw new Error(`the service has no metrics:\n${service.output()}`);
  return port;
}

/** Waits until the proxy has started, and has seen that the service is ready. */
async function untilReady(url: string, ca: Buffer, ended: Promise<unknown>): Promise<void> {
  let isEnded = false;
  ended.then(() => {
    isEnded = true;
  });
  for (let tries = 0; !isEnded && tries < 600; tries += 1) {
    const status = await callThrough({ url, ca }, "/readyz", {}).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it is not ready");
}

/** Calls paths for scripts, as `callerOf` does. */
export function callerThrough(at: Pick<BehindProxy, "url" | "ca">, adminToken: string): CallPath {
  return async (verb, path, body, token = adminToken) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const { status, text } = await callThrough(at, `/secret-svc/${path}`, {
      verb,
      body: JSON.stringify(body),
      headers,
    });
    if (status !== 200) throw new Error(`${verb} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  };
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** A call over HTTP/1.1, from any address of this machine. */
export async function callThrough(
  { url, ca }: Pick<BehindProxy, "url" | "ca">,
  path: string,
  options: {
    readonly from?: string;
    readonly verb?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<HttpAnswer> {
  const { from, verb = "GET", body, headers = {} } = options;
  const request = https.request(url + path, {
    ca,
    method: verb,
    agent: false,
    headers: { ...headers, ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }) },
    ...(from === undefined ? {} : { localAddress: from }),
  });
  request.end(body);
  const [response] = await once(request, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
}
