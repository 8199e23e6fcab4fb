import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { checkRandom } from "../support/random-draws.ts";
import { type VaultCaller, vaultCaller, vaultOn } from "../support/vault/vault-call.ts";

let service: TestService;
let admin: VaultCaller;
let reader: VaultCaller;

beforeAll(async () => {
  service = await startService(rest, vaultOn);
  admin = vaultCaller(service, service.admin.token);
  reader = vaultCaller(service, (await service.addUser("reader")).token);
});

afterAll(() => service.stop());

const segment = fc.constantFrom("a", "b", "A", "a-b", "a.b", "z0", "0");
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const secrets = fc.uniqueArray(fc.record({ path, isShared: fc.boolean() }), {
  minLength: 1,
  maxLength: 25,
  selector: (each) => each.path,
});
const asked = fc.record({
  folder: fc.option(path),
  after: fc.option(fc.oneof(path, segment, fc.constantFrom("a/", "b/a/", "a//", "/", "0/\u007f", "é")), { nil: "" }),
  limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  kind: fc.constantFrom("list", "scan"),
  granted: fc.constantFrom("*", "a*", "*/b*", "A/*"),
});

const byteOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What LIST or SCAN has to answer, from all keys that the caller has a right on. */
function fold(
  keys: readonly string[],
  folder: string,
  { kind, after, limit }: { kind: string; after: string; limit: number | undefined },
) {
  const below = keys.filter((key) => key.startsWith(folder)).map((key) => key.slice(folder.length));
  const listed = kind === "scan" ? below : below.map((name) => name.replace(/\/.*/, "/"));
  const names = [...new Set(listed)].toSorted(byteOrder);
  return names.filter((name) => byteOrder(name, after) > 0).slice(0, limit);
}

let rounds = 0;

test("LIST is the fold of all keys that the caller has a right on, for every caller and page", async () => {
  await checkRandom(
    fc.asyncProperty(secrets, asked, async (made, { folder, after, limit, kind, granted }) => {
      rounds += 1;
      const root = `round-${rounds}`;
      const keys = made.map((each) => `${root}/${each.path}`);
      const saved = made.map((each) => ({
        key: `${root}/${each.path}`,
        value: "v",
        readers: each.isShared ? ["reader"] : [],
      }));
      await service.admin.secrets.saveSecrets({ secrets: saved });
      const grants = [{ action: "read", keyPatterns: [`${root}/${granted}`] }];
      const { secret: token, token: narrowed } = await service.admin.identity.createToken({ grants });
      const visible = await service.as(token).secrets.listSecrets({ namespace: root });
      const shared = saved.filter(({ readers }) => readers.length > 0).map(({ key }) => key);
      const where = folder === null ? `${root}/` : `${root}/${folder}/`;
      const query = new URLSearchParams({
        [kind]: "true",
        after,
        ...(limit === undefined ? {} : { limit: `${limit}` }),
      });
      for (const [call, own] of [
        [admin, keys],
        [reader, shared],
        [vaultCaller(service, token), visible.secrets.map(({ key }) => key)],
      ] as const) {
        const { status, json } = await call("GET", `secret/metadata/${where}?${query}`);
        const expected = fold(own, where, { kind, after, limit });
        expect([status, json?.data?.keys ?? []]).toEqual([expected.length === 0 ? 404 : 200, expected]);
      }
      // A user may have so many tokens, and a long run has more rounds.
      await service.admin.identity.revokeToken({ id: narrowed?.id ?? "" });
    }),
    25,
    40,
  );
});
