import { randomUUID } from "node:crypto";
import { type HttpCall, httpLoad } from "../http-load.ts";
import type { ServerProcess } from "../processes.ts";
import { secretValue } from "../secret.ts";
import { serviceHeaders } from "../service-calls.ts";
import { fewSecrets, keyAt } from "./names.ts";

export interface Tokens {
  readonly few: string;
  readonly all: string;
}

/** Median milliseconds of each call when one caller makes it again and again, and memory in MiB. */
export interface Costs {
  readonly readMs: number;
  readonly fewMs: number;
  readonly deepMs: number;
  readonly saveMs: number;
  readonly mib: number;
}

const path = "/secret-svc/secrets";
const seconds = 2;

/** What the calls cost in a tenant of `count` secrets. Throws when a page does not show what it should. */
export async function measure(server: ServerProcess, tokens: Tokens, count: number): Promise<Costs> {
  const costOf = async (token: string, calls: readonly HttpCall[]) => {
    const load = { url: server.url, headers: serviceHeaders(token), connections: 1, seconds };
    return (await httpLoad({ ...load, callsOf: () => calls })).p50Ms;
  };
  const keys = Array.from({ length: 100 }, (_, at) => keyAt(Math.floor((at * count) / 100)));
  const shown = (await list(server, tokens.few, {})).secrets.length;
  if (shown !== fewSecrets) throw new Error(`a page must show ${fewSecrets} secrets, but shows ${shown}`);
  const pageToken = await deepPageToken(server, tokens.all, count);
  const mark = randomUUID();
  return {
    readMs: await costOf(
      tokens.all,
      keys.map((key) => post({ keys: [key] })),
    ),
    fewMs: await costOf(tokens.few, [post({})]),
    deepMs: await costOf(tokens.all, [post({ pageToken })]),
    saveMs: await costOf(tokens.all, saves(keys, mark)),
    mib: server.residentMib(),
  };
}

function post(body: object): HttpCall {
  return { method: "POST", path, body: JSON.stringify(body) };
}

/** Each save has a value other than the stored one. */
function saves(keys: readonly string[], mark: string): readonly HttpCall[] {
  return [1, 2].flatMap((turn) =>
    keys.map((key) => {
      const secrets = [{ key, value: `${secretValue}?${mark}-${turn}` }];
      return { method: "PUT", path, body: JSON.stringify({ secrets }) };
    }),
  );
}

interface Page {
  readonly secrets: readonly unknown[];
  readonly nextPageToken: string;
}

async function list(server: ServerProcess, token: string, body: object): Promise<Page> {
  const answer = await fetch(server.url + path, {
    method: "POST",
    headers: serviceHeaders(token),
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`a list is refused: ${await answer.text()}`);
  return (await answer.json()) as Page;
}

/** The token of the last whole page of 100 before the end, however many pages that takes. */
async function deepPageToken(server: ServerProcess, token: string, count: number): Promise<string> {
  const pageSize = Math.min(1000, count - 100);
  let pageToken = "";
  for (let seen = 0; seen + pageSize <= count - 100; seen += pageSize) {
    pageToken = (await list(server, token, { pageSize, pageToken })).nextPageToken;
  }
  return pageToken;
}
