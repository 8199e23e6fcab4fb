/** Runs the cases that all clients share, with each way to reach the service, against services with and without TLS. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ClientOptions,
  type Filter,
  SecretClient,
  type SecretInput,
  type ServiceClient,
  Value,
} from "@secret-svc/client";
import { SecretClient as BrowserClient } from "@secret-svc/client/browser";
import { type SecretState, SecretStateSchema, type SecretView, SecretViewSchema } from "@secret-svc/client/v1";
import { afterAll, expect, test } from "vitest";
import {
  type Case,
  type ClientSettings,
  caseFiles,
  control,
  environment,
  type Fields,
  hasSurroundings,
  keysOf,
  readCase,
  readCases,
  type Step,
  tokenOf,
} from "./cases.ts";
import { compare, mustNotShow, plainChange, plainError, plainResult, plainSecret } from "./plain.ts";

type Way = "grpc" | "connect" | "browser";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-typescript-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A browser has its own authorities, no files, and HTTP/2 with TLS only. */
const canBeTried = (way: Way, target: string, { client }: Case) =>
  way !== "browser" || (target === "plain" && client.through === "" && !client.tokenFile);

const ways: readonly Way[] = ["grpc", "connect", "browser"];
const tests = ways.flatMap((way) =>
  ["plain", "tls"].flatMap((target) =>
    caseFiles.flatMap((file) =>
      readCases(file, "run")
        .map((each, index) => ({ way, target, file, name: each.name, index, each }))
        .filter(({ each }) => (each.only === "" || each.only === target) && canBeTried(way, target, each)),
    ),
  ),
);

test("there are cases", () => {
  expect(tests.length).toBeGreaterThan(0);
});

test.skipIf(!hasSurroundings).each(tests)("$way, $target: $name ($file)", async ({ way, target, file, index }) => {
  const { client: settings, steps } = readCase(file, index);
  const tokenFile = join(folder, "token");
  const clients = new Map<string, ServiceClient>();
  const clientOf = (who: string) => {
    const client = clients.get(who) ?? connect(way, target, settings, who, tokenFile);
    clients.set(who, client);
    return client;
  };
  if (settings.through === "faulty") await control("POST", "none");
  let sealed = "";
  const carryOut = async (where: string, step: Step): Promise<void> => {
    if (step.writeTokenOf !== "") {
      // With a line end, as editors and shells write it.
      const token = step.writeTokenOf === "brief" ? await control("POST", "brief") : tokenOf(step.writeTokenOf);
      writeFileSync(tokenFile, `${token}\n`);
    } else if (step.fault !== "") {
      await control("POST", step.fault);
    } else {
      const during = async () => {
        for (const [at, inner] of step.during.entries()) await carryOut(`${where}.${at}`, inner);
      };
      const actual = await perform(clientOf(step.as), step, sealed, during);
      if (typeof actual.sealed === "string") sealed = actual.sealed;
      const calls = "calls" in step.expect ? { calls: Number(await control("GET", "calls")) } : {};
      if (!("error" in step.expect)) expect(actual.error, where).toBeUndefined();
      compare(where, step.expect, { ...actual, ...calls });
    }
  };
  for (const [at, step] of steps.entries()) await carryOut(`step ${at}`, step);
  for (const client of clients.values()) client.close();
});

function connect(way: Way, target: string, settings: ClientSettings, who: string, tokenFile: string): ServiceClient {
  const direct = environment(target === "tls" ? "SECRET_TLS_URL" : "SECRET_URL");
  const url = settings.through === "faulty" ? environment("SECRET_FAULTY_URL") : direct;
  const token = settings.token || tokenOf(who);
  const timeout = settings.timeoutMs === 0 ? {} : { timeoutMs: settings.timeoutMs };
  if (way === "browser") return checked(new BrowserClient(url, token, timeout), token);
  const caFile = environment(settings.ca === "other" ? "SECRET_OTHER_CA_FILE" : "SECRET_CA_FILE");
  const authorities = target === "tls" && settings.ca !== "none" ? { caFile } : {};
  const options: ClientOptions = { protocol: way, ...timeout, ...authorities };
  if (settings.tokenFile) return new SecretClient(url, undefined, { ...options, tokenFile });
  return checked(new SecretClient(url, token, options), token);
}

function checked(client: ServiceClient, token: string): ServiceClient {
  mustNotShow(token, client);
  return client;
}

/** Makes the call of a step and answers what came of it, as the cases describe it. */
async function perform(
  client: ServiceClient,
  step: Step,
  sealed: string,
  during: () => Promise<void>,
): Promise<Fields> {
  const secrets: Fields[] = [];
  try {
    if (step.call === "watch") return { changes: await watch(client, step, during) };
    const answer = await answerOf(client, step, sealed, secrets);
    return step.call === "list" ? { secrets, secretCount: secrets.length } : answer;
  } catch (error) {
    const failure = { error: plainError(error) };
    return step.call === "list" ? { ...failure, secrets, secretCount: secrets.length } : failure;
  }
}

async function watch(client: ServiceClient, step: Step, during: () => Promise<void>): Promise<Fields[]> {
  const { keys, namespace, keyPattern, resumeToken, expect: expected } = step;
  const wanted = Array.isArray(expected.changes) ? expected.changes.length : Number.POSITIVE_INFINITY;
  const changes: Fields[] = [];
  for await (const { change } of client.watch({ keys, namespace, keyPattern, resumeToken })) {
    if (change === undefined) await during();
    else changes.push(plainChange(change));
    if (changes.length === wanted) break;
  }
  return changes;
}

async function answerOf(client: ServiceClient, step: Step, sealed: string, listed: Fields[]): Promise<Fields> {
  const { idempotencyKey, validateOnly } = step;
  const keys = step.numberedKeys === undefined ? step.keys : keysOf(step.numberedKeys);
  switch (step.call) {
    case "get":
      return { secret: plainSecret(await client.get(step.key)) };
    case "getMany": {
      const found = [...(await client.getMany(keys))].sort(([a], [b]) => (a < b ? -1 : 1));
      return { secrets: found.map(([, secret]) => plainSecret(secret)), secretCount: found.length };
    }
    case "list":
      for await (const secret of client.list(filterOf(step))) listed.push(plainSecret(secret));
      return {};
    case "save": {
      const remove = step.remove as unknown as { key: string }[];
      const results = await client.save(inputsOf(step, sealed), { remove, validateOnly, idempotencyKey });
      return { results: results.map(plainResult), resultCount: results.length };
    }
    case "remove":
      return { removed: await client.remove(keys, { idempotencyKey }) };
    case "seal":
      return { sealed: await client.seal(step.key, step.value) };
    default:
      throw new Error(`there is no call ${step.call}`);
  }
}

function filterOf({ namespace, keyPattern, pageSize, state, view }: Step): Filter {
  return {
    namespace,
    keyPattern,
    pageSize,
    state: SecretStateSchema.values.find(({ name }) => name === state)?.number as SecretState,
    view: SecretViewSchema.values.find(({ name }) => name === view)?.number as SecretView,
  };
}

function inputsOf({ secrets, numberedSecrets }: Step, sealed: string): SecretInput[] {
  const inputs = secrets.map(({ value, valueBytes, ...fields }): SecretInput => {
    if (typeof valueBytes === "string") return { ...fields, value: new Value(Buffer.from(valueBytes, "base64")) };
    if (typeof value !== "string") return fields;
    const input = { ...fields, value: new Value(value === "{sealed}" ? sealed : value) };
    mustNotShow(value, input);
    return input;
  });
  if (numberedSecrets === undefined) return inputs;
  const value = new Value("x".repeat(numberedSecrets.bytes));
  return [...inputs, ...keysOf(numberedSecrets).map((key) => ({ key, value }))];
}
