import { afterAll, beforeAll, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";
import { startWatch } from "../support/api/watch.ts";

let service: TestService;
let alice: Api;
beforeAll(async () => {
  service = await startService(connectJson);
  alice = await service.addUser("alice", { roles: ["team"] });
});
afterAll(() => service.stop());

const save = (key: string, fields: object = {}) => service.admin.secrets.saveSecrets({ secrets: [{ key, ...fields }] });
const setRoles = (slug: string, ...roles: string[]) =>
  service.admin.identity.saveUsers({ users: [{ slug, ...(roles.length === 0 ? { clear: ["roles"] } : { roles }) }] });
const startOver = { code: "OutOfRange", reason: "START_OVER", field: "resumeToken" } as const;

test("fault C3: a user who gets a role later does not learn of secrets from before, by an older resume token", async () => {
  await service.addUser("late");
  const late = service.as((await service.admin.identity.createToken({ slug: "late" })).secret);
  const watch = await startWatch(late);
  watch.end();
  await save("c3/SECRET-NAME", { value: "v", readers: ["ops"], metadata: { note: "for ops only" } });
  await service.admin.secrets.removeSecrets({ key: "c3/SECRET-NAME" });
  await setRoles("late", "ops");
  const refused = await expectFailure(startWatch(late, { resumeToken: watch.token }), startOver);
  expect(JSON.stringify(refused)).not.toContain("SECRET-NAME");
  expect(refused.message).toContain("rights");
  const fresh = await startWatch(late);
  await save("c3/NEXT", { value: "v", readers: ["ops"] });
  expect(await fresh.changes(1)).toEqual(["APPEARED c3/NEXT@1"]);
  fresh.end();
});

test("fault C3: a user who loses a role learns that its secrets are gone, and no other", async () => {
  const loser = await service.addUser("loser", { roles: ["lost", "stays"] });
  for (const [key, readers] of [
    ["c3/lost/A", ["lost"]],
    ["c3/lost/B", ["lost"]],
    ["c3/both/C", ["lost", "stays"]],
    ["c3/own/D", ["loser"]],
    ["c3/foreign/E", ["others"]],
    ["other/F", ["lost"]],
  ] as const) {
    await save(key, { value: "v", readers: [...readers] });
  }
  await service.admin.secrets.removeSecrets({ key: "c3/lost/B" });
  const all = await startWatch(loser);
  const some = await startWatch(loser, { namespace: "c3", keyPattern: "lost" });
  await setRoles("loser", "stays");
  expect(await all.changes(2)).toEqual(["GONE c3/lost/A", "GONE other/F"]);
  expect(await some.changes(1)).toEqual(["GONE c3/lost/A"]);
  await save("c3/both/C", { value: "w" });
  await save("c3/lost/A", { value: "w" });
  await save("c3/own/D", { value: "w" });
  expect(await all.changes(2)).toEqual(["UPDATED c3/both/C@2", "UPDATED c3/own/D@2"]);
  some.end();
  all.end();
});

test("fault C3: a user who gets a role while watching receives its secrets, as they are now", async () => {
  const winner = await service.addUser("winner");
  await save("c3/won/A", { value: "v", readers: ["won"] });
  await save("c3/won/A", { value: "w" });
  await save("c3/won/GONE", { value: "v", readers: ["won"] });
  await service.admin.secrets.removeSecrets({ key: "c3/won/GONE" });
  const watch = await startWatch(winner);
  await setRoles("winner", "won");
  expect(await watch.changes(1)).toEqual(["APPEARED c3/won/A@2"]);
  await save("c3/won/A", { value: "x" });
  const next = await watch.firstChange();
  expect(next.change).toMatchObject({ key: "c3/won/A", secret: { version: 3 } });
  watch.end();
  // From here on the token belongs to the new rights.
  await save("c3/won/B", { value: "v", readers: ["won"] });
  const again = await startWatch(winner, { resumeToken: next.resumeToken });
  expect(await again.changes(1)).toEqual(["APPEARED c3/won/B@1"]);
  again.end();
});

test("fault C3: an admin who becomes a user learns what is gone, and cannot resume as an admin", async () => {
  const boss = await service.addUser("boss", { admin: true });
  await save("c3boss/A", { value: "v" });
  await save("c3boss/B", { value: "v", readers: ["boss"] });
  const watch = await startWatch(boss, { namespace: "c3boss" });
  await service.admin.identity.saveUsers({ users: [{ slug: "boss", admin: false }] });
  expect(await watch.changes(1)).toEqual(["GONE c3boss/A"]);
  watch.end();
  await expectFailure(startWatch(boss, { namespace: "c3boss", resumeToken: watch.token }), startOver);
});

test("fault C3: a resume token goes on with another token of the same rights, and not with other grants", async () => {
  const watch = await startWatch(alice);
  watch.end();
  await save("c3/same/A", { value: "v", readers: ["team"] });
  const same = service.as((await alice.identity.createToken({})).secret);
  const resumed = await startWatch(same, { resumeToken: watch.token });
  expect(await resumed.changes(1)).toEqual(["APPEARED c3/same/A@1"]);
  resumed.end();
  const grants = [{ action: "read", keyPatterns: ["c3/*"] }];
  const narrowed = service.as((await alice.identity.createToken({ grants })).secret);
  await expectFailure(startWatch(narrowed, { resumeToken: watch.token }), startOver);
});
