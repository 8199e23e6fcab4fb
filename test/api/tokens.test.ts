import { durationFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";

let service: TestService;
let admin: Api;
let boss: Api;
let alice: Api;
let bob: Api;

beforeAll(async () => {
  service = await startService(connectJson);
  admin = service.admin;
  boss = await service.addUser("boss", { admin: true });
  alice = await service.addUser("alice");
  bob = await service.addUser("bob");
});
afterAll(() => service.stop());

const day = 24 * 3600 * 1000;
const unauthenticated = { code: "Unauthenticated", reason: "UNAUTHENTICATED" } as const;

it("are shown once, and valid for 90 days unless asked otherwise", async () => {
  const { secret, token } = await admin.identity.createToken({ slug: "alice", description: "for CI" });
  expect(secret).toMatch(/^oo_[A-Za-z0-9_-]{43}$/);
  expect(token?.id).toMatch(/^tok_[0-9a-f]{20}$/);
  const expireAt = token?.expireAt;
  expect(expireAt && timestampMs(expireAt)).toBe(service.clock.now() + 90 * day);
  const listed = await alice.identity.listTokens({});
  expect(
    JSON.stringify(listed.tokens, (_, value) => (typeof value === "bigint" ? Number(value) : value)),
  ).not.toContain(secret.slice(3));
  const own = await alice.identity.createToken({ ttl: durationFromMs(1500) });
  expect(own.token?.expireAt && timestampMs(own.token.expireAt)).toBe(service.clock.now() + 1500);
  expect(own.token).toMatchObject({ slug: "alice", createdBy: "alice" });
});

it("end by the clock, to the millisecond", async () => {
  const { secret } = await alice.identity.createToken({ ttl: durationFromMs(10_000) });
  const short = service.as(secret);
  await saveOne(short, { key: "alice/short", value: "v" });
  service.clock.advance(9_999);
  expect((await readOne(short, "alice/short"))?.value).toBe("v");
  service.clock.advance(1);
  await expectFailure(readOne(short, "alice/short"), unauthenticated);
});

it("never outlive the one that makes them", async () => {
  const { secret, token } = await admin.identity.createToken({ slug: "boss", ttl: durationFromMs(30 * day) });
  const maker = service.as(secret);
  const made = await maker.identity.createToken({});
  expect(made.token?.expireAt).toEqual(token?.expireAt);
  await expectFailure(maker.identity.createToken({ slug: "alice", ttl: durationFromMs(30 * day + 1) }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "ttl",
  });
  expect((await maker.identity.createToken({ slug: "alice", ttl: durationFromMs(30 * day) })).secret).toMatch(/^oo_/);
});

it("take a time between one second and 3,650 days", async () => {
  for (const ms of [-1000, 0, 999, 3650 * day + 1]) {
    await expectFailure(admin.identity.createToken({ ttl: durationFromMs(ms) }), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "ttl",
    });
  }
  for (const ttl of [durationFromMs(1000), durationFromMs(3650 * day), { seconds: 60n, nanos: 1_499_999 }]) {
    expect((await admin.identity.createToken({ ttl })).token?.expireAt).toBeDefined();
  }
  await expectFailure(admin.identity.createToken({ description: "x".repeat(129) }), {
    code: "InvalidArgument",
    reason: "LIMIT_EXCEEDED",
    field: "description",
    limit: 128,
    actual: 129,
  });
  await expectFailure(admin.identity.createToken({ slug: "nobody" }), { code: "NotFound", reason: "NOT_FOUND" });
});

it("threat 19: are refused from the moment that their revocation is acknowledged", async () => {
  const { secret, token } = await alice.identity.createToken({});
  const id = token?.id ?? "";
  const doomed = service.as(secret);
  expect((await doomed.identity.whoAmI({})).slug).toBe("alice");
  const revoked = await alice.identity.revokeToken({ id });
  await expectFailure(doomed.identity.whoAmI({}), unauthenticated);
  service.clock.advance(1);
  const again = await alice.identity.revokeToken({ id });
  expect(again.token?.revokedAt).toEqual(revoked.token?.revokedAt);
  const listed = await alice.identity.listTokens({});
  expect(listed.tokens.find((each) => each.id === id)?.revokedAt).toEqual(revoked.token?.revokedAt);
});

it("are a user's own business and the admins'", async () => {
  const { token } = await bob.identity.createToken({});
  const id = token?.id ?? "";
  const adminOnly = { code: "PermissionDenied", reason: "ADMIN_ONLY" } as const;
  await expectFailure(alice.identity.createToken({ slug: "bob" }), adminOnly);
  await expectFailure(alice.identity.listTokens({ slug: "bob" }), adminOnly);
  const notFound = { code: "NotFound", reason: "NOT_FOUND", field: "id" } as const;
  const foreign = await expectFailure(alice.identity.revokeToken({ id }), notFound);
  const absent = await expectFailure(alice.identity.revokeToken({ id: `tok_${"0".repeat(20)}` }), notFound);
  expect(JSON.stringify(foreign).replaceAll(id, `tok_${"0".repeat(20)}`)).toBe(JSON.stringify(absent));
  expect((await alice.identity.listTokens({})).tokens.every(({ slug }) => slug === "alice")).toBe(true);
  expect((await boss.identity.listTokens({ slug: "bob" })).tokens.map((each) => each.id)).toContain(id);
  expect((await boss.identity.revokeToken({ id })).token?.revokedAt).toBeDefined();
  await expectFailure(alice.identity.revokeToken({ id: "nope" }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "id",
  });
});

it("page by id, and an admin sees everyone's", async () => {
  const seen: string[] = [];
  let pageToken = "";
  do {
    const page = await boss.identity.listTokens({ pageSize: 3, pageToken });
    seen.push(...page.tokens.map(({ id }) => id));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(seen).toEqual(seen.toSorted());
  expect(new Set(seen).size).toBe(seen.length);
  const { nextPageToken } = await boss.identity.listTokens({ pageSize: 3 });
  await expectFailure(admin.identity.listTokens({ pageToken: nextPageToken }), {
    code: "InvalidArgument",
    reason: "INVALID_PAGE_TOKEN",
  });
});
