import { expect, it } from "vitest";
import { SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { startWithAliceAndBob } from "../support/api/alice-and-bob.ts";
import { failureOf } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { readOne, type SecretInit, saveOne } from "../support/api/secret-calls.ts";
import { grpc } from "../support/api/transports.ts";

const { service, admin, alice, bob } = await startWithAliceAndBob(grpc);

/** What became of a call: the reason of its refusal, or `ok`. */
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  const copy = call.then(() => "ok");
  return copy.catch(async () => (await failureOf(call)).details[0]?.reason ?? "none");
}

const save = (api: Api, secret: SecretInit) => api.secrets.saveSecrets({ secrets: [secret] });

it("threat 90: of writers that name a version, one wins each round", async () => {
  const key = "race/counter";
  await saveOne(admin, { key, value: "0" });
  const writers = ["a", "b", "c"];
  for (let version = 1; version <= 20; version += 1) {
    const calls = writers.map((name) =>
      outcomeOf(save(admin, { key, value: `${version}${name}`, ifVersion: version })),
    );
    expect((await Promise.all(calls)).sort()).toEqual(["STALE_VERSION", "STALE_VERSION", "ok"]);
  }
  expect((await readOne(admin, key))?.version).toBe(21);
});

it("threat 90: without a version no update is lost", async () => {
  const key = "race/lists";
  await saveOne(admin, { key, value: "v" });
  const changes: SecretInit[] = [
    { key, value: "w" },
    { key, readers: ["r"] },
    { key, writers: ["w"] },
    { key, deleters: ["d"] },
    { key, canChangeReaders: ["cr"] },
    { key, metadata: { m: "1" } },
  ];
  const calls = await Promise.all(changes.map((change) => outcomeOf(save(admin, change))));
  expect(calls).toEqual(changes.map(() => "ok"));
  expect(await readOne(admin, key)).toMatchObject({
    version: 1 + changes.length,
    value: "w",
    readers: ["r"],
    writers: ["w"],
    deleters: ["d"],
    canChangeReaders: ["cr"],
    metadata: { m: "1" },
  });
});

it("threat 90: a crowd of writers either gets through or learns of the contention", async () => {
  const key = "race/crowd";
  await saveOne(admin, { key, value: "v" });
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, (_, at) => outcomeOf(save(admin, { key, value: `v${at}` }))),
  );
  const won = outcomes.filter((outcome) => outcome === "ok").length;
  expect(won).toBeGreaterThanOrEqual(1);
  expect(outcomes.filter((outcome) => outcome !== "ok" && outcome !== "CONTENTION")).toEqual([]);
  expect((await readOne(admin, key))?.version).toBe(1 + won);
});

it("threat 91: no write is decided on lists that were changed before it", async () => {
  const key = "alice/race/write";
  for (let round = 0; round < 10; round += 1) {
    await saveOne(alice, { key, value: "v", writers: ["bob"] });
    const writes = Array.from({ length: 6 }, (_, at) => outcomeOf(save(bob, { key, value: `${round}-${at}` })));
    const { version } = await saveOne(alice, { key, clear: ["writers"] });
    const late = await outcomeOf(save(bob, { key, value: "late" }));
    expect(late).not.toBe("ok");
    await Promise.all(writes);
    const { events } = await admin.audit.listAuditEvents({ key, principal: "bob", pageSize: 1000 });
    const written = events.filter(({ action, version: made }) => action === "secret.save" && made > 0);
    expect(Math.max(0, ...written.map((event) => event.version))).toBeLessThan(version);
    await admin.secrets.removeSecrets({ key });
  }
});

it("threat 91: a page never shows half of a batch", async () => {
  const keys = ["race/pair/a", "race/pair/b", "race/pair/c"];
  const write = (value: string) => admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value })) });
  await write("0");
  let done = false;
  const writing = (async () => {
    for (let round = 1; round <= 40; round += 1) await write(String(round));
    done = true;
  })();
  let reads = 0;
  while (!done) {
    const request =
      reads % 2 === 0 ? { keys } : { namespace: "race", keyPattern: "race/pair/*", view: SecretView.FULL };
    const { secrets } = await admin.secrets.listSecrets(request);
    expect(new Set(secrets.map(({ value }) => value)).size).toBe(1);
    expect(secrets).toHaveLength(3);
    reads += 1;
  }
  await writing;
  expect(reads).toBeGreaterThan(5);
});

it("threat 92: no read that starts after a revocation was acknowledged succeeds", async () => {
  const key = "alice/race/read";
  await saveOne(alice, { key, value: "v", readers: ["bob"] });
  for (let round = 0; round < 8; round += 1) {
    const { secret, token } = await admin.identity.createToken({ slug: "bob" });
    const reader = service.as(secret);
    const early = Array.from({ length: 10 }, () => outcomeOf(readOne(reader, key)));
    await admin.identity.revokeToken({ id: token?.id ?? "" });
    const late = await Promise.all(Array.from({ length: 10 }, () => outcomeOf(readOne(reader, key))));
    expect(late).toEqual(late.map(() => "UNAUTHENTICATED"));
    for (const outcome of await Promise.all(early)) expect(["ok", "UNAUTHENTICATED"]).toContain(outcome);
  }
});

it("threat 92: nor one that starts after the right to read was taken away", async () => {
  const key = "alice/race/list";
  for (let round = 0; round < 8; round += 1) {
    await saveOne(alice, { key, value: `v${round}`, readers: ["bob"] });
    const early = Array.from({ length: 10 }, () => readOne(bob, key));
    await saveOne(alice, { key, readers: ["alice"] });
    const late = await Promise.all(Array.from({ length: 10 }, () => readOne(bob, key)));
    expect(late.filter((secret) => secret !== undefined)).toEqual([]);
    await Promise.all(early);
  }
});

it("threat 93: a removal that races a save leaves one history, and brings no access back", async () => {
  const key = "alice/race/remove";
  await saveOne(alice, { key, value: "v", writers: ["bob"] });
  for (let round = 0; round < 15; round += 1) {
    const before = (await readOne(alice, key))?.version ?? 0;
    const [removed, saved] = await Promise.all([
      outcomeOf(alice.secrets.removeSecrets({ key })),
      outcomeOf(save(bob, { key, value: `w${round}` })),
    ]);
    expect([removed, saved]).toEqual(["ok", "ok"]);
    const after = await readOne(alice, key);
    if (after === undefined) await saveOne(alice, { key, value: "again" });
    else expect(after).toMatchObject({ version: before + 2, value: `w${round}` });
    expect(await readOne(alice, key)).toMatchObject({
      version: after === undefined ? before + 3 : before + 2,
      owner: "alice",
      readers: ["alice"],
      writers: ["alice", "bob"],
    });
  }
});

it("threat 94: of two creators one wins, with their lists", async () => {
  for (let round = 0; round < 10; round += 1) {
    const key = `race/created/${round}`;
    const names = ["one", "two"];
    const calls = names.map((name) => save(admin, { key, value: name, readers: [name], ifVersion: 0 }));
    const outcomes = await Promise.all(calls.map(outcomeOf));
    expect(outcomes.toSorted()).toEqual(["STALE_VERSION", "ok"]);
    const winner = names[outcomes.indexOf("ok")] ?? "";
    expect(await readOne(admin, key)).toMatchObject({ value: winner, readers: [winner], version: 1 });
  }
  const id = "secr_wanted_by_two";
  const both = await Promise.all(
    ["x", "y"].map((name) => outcomeOf(save(admin, { key: `race/id/${name}`, id, value: "v" }))),
  );
  expect(both.toSorted()).toEqual(["INVALID_FIELD", "ok"]);
});

it("users and tokens hold together under concurrent changes", async () => {
  const slugs = Array.from({ length: 6 }, (_, at) => `crowd-${at}`);
  const outcomes = await Promise.all(
    slugs.map((slug) => outcomeOf(admin.identity.saveUsers({ users: [{ slug, roles: [`role-of-${slug}`] }] }))),
  );
  expect(outcomes).toEqual(slugs.map(() => "ok"));
  const clash = await Promise.all([
    outcomeOf(admin.identity.saveUsers({ users: [{ slug: "clash" }] })),
    outcomeOf(admin.identity.saveUsers({ users: [{ slug: "crowd-0", roles: ["clash"] }] })),
  ]);
  expect(clash.sort()).toEqual(["NAME_TAKEN", "ok"]);
});
