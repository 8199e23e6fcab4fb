import { afterAll, beforeAll, expect, it } from "vitest";
import { limits } from "../../src/limits.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { listPages } from "../support/api/secret-calls.ts";
import { grpc } from "../support/api/transports.ts";

let service: TestService;
let alice: Api;
const keys = Array.from({ length: 120 }, (_, at) => `alice/large/${String(at).padStart(3, "0")}`);

beforeAll(async () => {
  service = await startService(grpc);
  alice = await service.addUser("alice");
  const value = "v".repeat(60_000);
  for (const some of [keys.slice(0, 60), keys.slice(60)]) {
    await alice.secrets.saveSecrets({ secrets: some.map((key) => ({ key, value })) });
  }
});
afterAll(() => service.stop());

it("fault A1: named secrets that are too large for one answer come page by page", async () => {
  const pages = await listPages(alice, { keys: [...keys, "alice/gone"] });
  expect(pages.flatMap(({ secrets }) => secrets.map(({ key }) => key))).toEqual(keys);
  for (const { secrets } of pages) expect(secrets.length).toBeLessThanOrEqual(limits.answerBytes / 60_000 + 1);
  expect(pages.map(({ missingKeys }) => missingKeys)).toEqual([...Array(pages.length - 1).fill([]), ["alice/gone"]]);
});

it("fault A1: a batch may change as much as fits into the memory of a call, and is refused as a whole beyond", async () => {
  const limit = limits.batchStoredBytes;
  const metadata = { note: "x" };
  const save = (some: readonly string[]) =>
    alice.secrets.saveSecrets({ secrets: some.map((key) => ({ key, metadata })) });
  await expectFailure(save(keys), { code: "InvalidArgument", reason: "LIMIT_EXCEEDED", limit });
  await expectFailure(alice.secrets.removeSecrets({ keys }), {
    code: "InvalidArgument",
    reason: "LIMIT_EXCEEDED",
    limit,
  });
  const half = keys.slice(0, 60);
  expect((await save(half)).results.map(({ version }) => version)).toEqual(half.map(() => 2));
  expect((await alice.secrets.removeSecrets({ keys: half })).removed).toHaveLength(60);
  expect((await alice.secrets.listSecrets({ pageSize: 1000 })).secrets).toHaveLength(60);
});

it("fault A1: a page of large users is shorter than was asked for, and the next one has the others", async () => {
  const role = (at: number) => `${"r".repeat(60)}${at}`;
  const roles = Array.from({ length: 64 }, (_, at) => role(at));
  const slugs = Array.from({ length: 700 }, (_, at) => `user-${String(at).padStart(3, "0")}`);
  for (let from = 0; from < slugs.length; from += 350) {
    await service.admin.identity.saveUsers({ users: slugs.slice(from, from + 350).map((slug) => ({ slug, roles })) });
  }
  const seen: string[] = [];
  const sizes: number[] = [];
  for (let pageToken = ""; sizes.length === 0 || pageToken !== ""; ) {
    const page = await service.admin.identity.listUsers({ pageSize: 1000, pageToken });
    seen.push(...page.users.map(({ slug }) => slug));
    sizes.push(page.users.length);
    pageToken = page.nextPageToken;
  }
  expect(sizes.length).toBe(2);
  expect(seen.filter((slug) => slug.startsWith("user-"))).toEqual(slugs);
});
