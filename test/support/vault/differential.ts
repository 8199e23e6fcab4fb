import { readFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import type { Difference } from "./differences.ts";

/** A request that is sent to OpenBao and to the service. */
export interface DifferentialRequest {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How the answer of the service differs from that of OpenBao; absent when it does not. */
  readonly differs?: Difference;
}

/** An answer without what differs between any two runs. */
export interface NormalAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** In this order: each request depends on those before it. `P` in a path stands for a folder of the run. */
export const requests: readonly DifferentialRequest[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "requests.json"), "utf8"),
);

export interface DifferentialTarget {
  readonly port: number;
  readonly token: string;
  /** A folder that nothing is in yet. */
  readonly folder: string;
  /** Called before each request. */
  readonly beforeEach?: () => void;
}

/** Sends all requests, and returns their answers by name. */
export async function runRequests(target: DifferentialTarget): Promise<Map<string, NormalAnswer>> {
  const { folder, token } = target;
  let current = "";
  let child = "none";
  const answers = new Map<string, NormalAnswer>();
  for (const { name, method, path, body, headers = {} } of requests) {
    target.beforeEach?.();
    const fill = (text: string) =>
      text.replace("TOK", token).replace("CHILD", child).replace("CUR", current).replace("LONG", "x".repeat(70_000));
    const all: Record<string, string> = { "X-Vault-Token": token, "X-Vault-Request": "true" };
    for (const [header, value] of Object.entries(headers)) all[header] = fill(value);
    if (all["X-Vault-Token"] === "") delete all["X-Vault-Token"];
    const sent = body === undefined ? undefined : fill(body).replaceAll("/P/", `/${folder}/`);
    const answer = await exchange(target.port, method, path.replaceAll(/\bP\b/g, folder), all, sent);
    const version = versionIn(name, method, path, answer.text);
    if (version !== undefined) current = version;
    if (name === "create child") child = /"client_token":"([^"]*)"/.exec(answer.text)?.[1] ?? "none";
    answers.set(name, { ...answer, text: normalize(answer.text, folder) });
  }
  return answers;
}

/** The number that a later request means with `CUR`: the newest version of the secret `P/a`. */
function versionIn(name: string, method: string, path: string, text: string): string | undefined {
  const isOfSecret = path.endsWith("/a") && method !== "GET";
  if (!isOfSecret && !/undelet|read after|read deleted$/.test(name)) return undefined;
  return /"version":(\d+)/.exec(text)?.[1];
}

const names =
  /"(request_id|accessor|uuid|cluster_id|cluster_name|version|id|client_token|token|display_name)":"[^"]*"/g;
const numbers =
  /"(version|current_version|oldest_version|creation_time|server_time_utc|creation_ttl|ttl|lease_duration)":\d+/g;

function normalize(text: string, folder: string): string {
  return text
    .trim()
    .replaceAll(folder, "P")
    .replaceAll(names, '"$1":"X"')
    .replaceAll(numbers, '"$1":0')
    .replaceAll(/"\d{4}-\d\d-\d\dT[0-9:.]+Z"/g, '"TIME"')
    .replaceAll(/"\d+":\{"created_time":"(?:TIME)?","deletion_time":"(?:TIME)?","destroyed":(?:true|false)\},?/g, "#")
    .replaceAll(/#+/g, "#");
}

/** One request on a connection of its own, as it is: clients would normalize paths. */
function exchange(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<NormalAnswer> {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const length = bytes === undefined ? [] : [["Content-Length", String(bytes.length)]];
    const lines = [["Host", "x"], ["Connection", "close"], ...Object.entries(headers), ...length];
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const received: Buffer[] = [];
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.write(`${method} /v1/${path} HTTP/1.1\r\n${head}\r\n`);
      if (bytes !== undefined) socket.write(bytes);
    });
    socket.on("data", (chunk: Buffer) => received.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(parseAnswer(Buffer.concat(received).toString())));
  });
}

function parseAnswer(all: string): NormalAnswer {
  const end = all.indexOf("\r\n\r\n");
  const head = all.slice(0, end);
  const body = all.slice(end + 4);
  const isChunked = /transfer-encoding: chunked/i.test(head);
  const text = isChunked ? body.replaceAll(/(?:^|\r\n)[0-9a-f]+\r\n/gi, "") : body;
  const contentType = /content-type: ([^\r]*)/i.exec(head)?.[1] ?? "";
  return { status: Number(head.split(" ")[1]), contentType, text };
}

export type Verdict = "same" | "text" | "shape" | "status";

/** How the answer of the service differs from that of OpenBao. */
export function judge(openBao: NormalAnswer, own: NormalAnswer): Verdict {
  if (openBao.status !== own.status) return "status";
  if (openBao.text === own.text) return "same";
  return shapeOf(openBao.text) === shapeOf(own.text) ? "text" : "shape";
}

function shapeOf(text: string): string {
  try {
    return shape(JSON.parse(text.replaceAll("#", '"#":0')));
  } catch {
    return text;
  }
}

function shape(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shape))].join("|")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([name, each]) => `${name}:${shape(each)}`)
      .join(",")}}`;
  }
  return value === null ? "null" : typeof value;
}
