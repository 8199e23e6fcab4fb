import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { startServer } from "../../../support/server-process.ts";
import { type VaultCaller, vaultCaller, vaultOn } from "../../../support/vault/vault-call.ts";
import { done, median, ours, versionOf } from "./expectations.ts";
import type { World } from "./world.ts";

// Checks 20 to 25: who may do what, limits, records and crashes.

const mergePatch = { "content-type": "application/merge-patch+json" };

export async function hiddenIsMissing(world: World): Promise<string> {
  await world.vault("PUT", "secret/data/hidden", { data: { a: "1" } });
  const stranger = world.as(await world.addUser("stranger"));
  const data = { data: { a: "2" } };
  const versions = { versions: [1] };
  const requests: readonly [method: string, path: string, body?: unknown, headers?: Record<string, string>][] = [
    ["GET", "data/NAME"],
    ["GET", "metadata/NAME"],
    ["PATCH", "data/NAME", data, mergePatch],
    ["PUT", "data/NAME", data],
    ["DELETE", "data/NAME"],
    ["PUT", "undelete/NAME", versions],
    ["PUT", "destroy/NAME", versions],
    ["POST", "metadata/NAME", { custom_metadata: { a: "b" } }],
  ];
  for (const [method, path, body, headers] of requests) {
    const seen = async (name: string) => {
      const {
        status,
        text,
        headers: received,
      } = await stranger(method, `secret/${path.replace("NAME", name)}`, body, headers);
      const names = [...received.keys()].toSorted();
      return { status, text: text.replaceAll(name, "NAME").replace(/"request_id":"[^"]*"/, ""), names };
    };
    assert.deepEqual(await seen("hidden"), await seen("absent"), `${method} ${path}`);
  }
  assert.equal((await world.vault("GET", "secret/data/hidden")).status, 200);
  return costsAlike(stranger);
}

/** In turns, so that both see the same machine. */
async function costsAlike(stranger: VaultCaller): Promise<string> {
  const times = { hidden: [] as number[], absent: [] as number[] };
  for (let at = 0; at < 500; at++) {
    for (const name of ["hidden", "absent"] as const) {
      const start = performance.now();
      await stranger("GET", `secret/data/${name}`);
      times[name].push(performance.now() - start);
    }
  }
  const [hidden, missing] = [median(times.hidden), median(times.absent)];
  const text = `medians of 500 reads: hidden ${hidden.toFixed(3)} ms, missing ${missing.toFixed(3)} ms`;
  assert.ok(Math.max(hidden, missing) < 1.25 * Math.min(hidden, missing), text);
  return text;
}

export async function onePartOfAnEnvironment(world: World): Promise<void> {
  const reader = world.as(await world.addUser("env-reader"));
  for (const key of ["A", "B", "C"]) await ours(world, `secret save prod/shop/${key} value-${key}`);
  await ours(world, "secret reader add prod/shop/B env-reader");
  assert.deepEqual((await reader("GET", "env/data/prod/shop")).json?.data?.data, { B: "value-B" });
  const put = await world.bao(["kv", "put", "env/prod/shop", "A=1"]);
  assert.equal(put.code, 2, put.output);
  const { json } = await world.vault("GET", "env/data/prod/shop");
  assert.deepEqual(json?.data?.data, { A: "value-A", B: "value-B", C: "value-C" });
}

export async function narrowedToken(world: World): Promise<void> {
  await ours(world, "secret save prod/x text");
  await ours(world, "secret save dev/x text");
  const token = JSON.parse(await ours(world, "token create --can read:prod/* -o json")) as { secret: string };
  const narrowed = world.as(token.secret);
  assert.equal((await narrowed("GET", "secret/data/prod/x")).status, 200);
  assert.equal((await narrowed("GET", "secret/data/dev/x")).status, 404);
  assert.deepEqual((await narrowed("LIST", "secret/metadata/")).json?.data, { keys: ["prod/"] });
  assert.equal((await narrowed("POST", "auth/token/create", {})).status, 403);
}

/** In services of their own: afterwards the address is refused for a while. */
export async function guessing(world: World): Promise<void> {
  const wrongSlug = await failuresRecordedAfter(world, async (call, token) => {
    const answer = await call("POST", "auth/approle/login", { role_id: "nothing", secret_id: token });
    assert.equal(answer.status, 400);
  });
  assert.equal(wrongSlug, 1, `a wrong slug with a good token counts ${wrongSlug} times`);
  const guesses = await failuresRecordedAfter(world, async (call) => {
    const statuses: number[] = [];
    // On a busy machine some of the limit comes back meanwhile.
    while (statuses.length < 310 || (statuses.at(-1) !== 429 && statuses.length < 1000)) {
      const batch = Array.from({ length: 31 }, (_, at) => {
        const secret = `oo_${String(statuses.length + at).padStart(43, "A")}`;
        return call("POST", "auth/approle/login", { role_id: "admin", secret_id: secret });
      });
      statuses.push(...(await Promise.all(batch)).map(({ status }) => status));
    }
    assert.deepEqual([statuses[0], statuses.at(-1)], [400, 429]);
  });
  assert.ok(guesses >= 300, `only ${guesses} failures are recorded`);
}

/** The failed authentications in the audit log. A service records them once a minute, and when it stops. */
async function failuresRecordedAfter(
  world: World,
  work: (call: VaultCaller, adminToken: string) => Promise<void>,
): Promise<number> {
  const dataDir = mkdtempSync(join(world.home, "guessing-"));
  const server = await startServer({ dataDir, env: vaultOn.environment });
  const { adminToken } = server;
  await work(vaultCaller(server, ""), adminToken).finally(() => server.stop());
  const again = await startServer({ dataDir, env: vaultOn.environment });
  try {
    const args = ["audit", "list", "--action", "authenticate", "--limit", "1000", "-q", "-o", "json"];
    const { output } = await world.oo(args, { OO_URL: again.url, OO_TOKEN: adminToken });
    const events: readonly { readonly count?: number }[] = JSON.parse(output);
    return events.reduce((sum, { count = 1 }) => sum + count, 0);
  } finally {
    await again.stop();
  }
}

export async function oneRecordEach(world: World): Promise<void> {
  const canary = "canary-7c1f9e";
  const requests: readonly [method: string, path: string, body?: unknown][] = [
    ["PUT", `secret/data/${canary}-key`, { data: { v: canary } }],
    ["GET", `secret/data/${canary}-key`],
    ["GET", `secret/data/${canary}-none`],
    ["GET", `secret/metadata/${canary}-key`],
    ["LIST", "secret/metadata/"],
    ["GET", "secret/config"],
    ["DELETE", `secret/data/${canary}-key`],
    ["PUT", `secret/undelete/${canary}-key`, { versions: [1] }],
    ["PUT", `secret/destroy/${canary}-key`, { versions: [1] }],
    ["GET", "sys/mounts"],
    ["GET", "sys/internal/ui/mounts/secret"],
    ["GET", "auth/token/lookup-self"],
    ["PUT", "auth/token/renew-self", {}],
    ["GET", "nope/data/x"],
  ];
  const ids: string[] = [];
  for (const [method, path, body] of requests) {
    ids.push((await world.vault(method, path, body)).headers.get("x-request-id") ?? "");
  }
  const events = JSON.parse(await ours(world, "audit list --limit 200 -q -o json")) as Record<string, unknown>[];
  for (const [at, id] of ids.entries()) {
    const own = events.filter((event) => Object.values(event).includes(id));
    assert.equal(own.length, 1, `${requests[at]?.slice(0, 2)} has ${own.length} records`);
  }
  await ours(world, "audit verify");
  const metrics = await (await fetch(`http://${world.metrics}/metrics`)).text();
  assert.match(metrics, /vault\.v1\/ReadData/);
  for (const [name, text] of [
    ["the log", world.server.output()],
    ["the metrics", metrics],
  ] as const) {
    assert.ok(!text.includes(canary), `${name} name the secret or its value`);
  }
}

export async function pathsAndCrashes(world: World): Promise<void> {
  const other = { "x-vault-namespace": "other" };
  assert.equal((await world.vault("GET", "nope/data/x")).status, 403);
  assert.equal((await world.vault("GET", "secret/data/a", undefined, other)).status, 403);
  assert.equal((await world.vault("GET", "secret/data/a%2Fb")).status, 400);
  await done(world, "kv put secret/after v=1");
  await aKillAmongWrites();
}

async function aKillAmongWrites(): Promise<void> {
  const first = await startServer({ env: vaultOn.environment });
  const call = vaultCaller(first, first.adminToken);
  const acknowledged: number[] = [];
  let killed: Promise<void> | undefined;
  for (let cas = 0; ; ) {
    if (acknowledged.length === 30) killed ??= first.kill();
    const answer = await call("PUT", "secret/data/loop", { data: { v: `${cas}` }, options: { cas } }).catch(
      () => undefined,
    );
    if (answer?.status !== 200) break;
    cas = Number(answer.json?.data?.version);
    acknowledged.push(cas);
  }
  await killed;
  assert.ok(acknowledged.length >= 30, `only ${acknowledged.length} writes`);
  assert.equal(new Set(acknowledged).size, acknowledged.length, "a version was given twice");
  const second = await startServer({ dataDir: first.dataDir, env: vaultOn.environment });
  const { json } = await vaultCaller(second, first.adminToken)("GET", "secret/data/loop");
  await second.stop();
  const version = versionOf(json);
  assert.ok(version >= (acknowledged.at(-1) ?? 0), `version ${version} after ${acknowledged.at(-1)} was acknowledged`);
}
