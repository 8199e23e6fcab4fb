import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { ListAuditEventsRequestSchema, ListUsageRequestSchema } from "../../gen/secret/v1/audit_service_pb.ts";
import {
  ApplyTeamRequestSchema,
  ListNamesRequestSchema,
  ListTokensRequestSchema,
  ListUsersRequestSchema,
  SavePermitsRequestSchema,
  SaveUsersRequestSchema,
} from "../../gen/secret/v1/identity_service_pb.ts";
import {
  CopySecretsRequestSchema,
  ExplainAccessRequestSchema,
  ListVersionsRequestSchema,
  PurgeSecretsRequestSchema,
  RemoveSecretsRequestSchema,
  RestoreVersionRequestSchema,
  SaveSecretsRequestSchema,
} from "../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { auditSizes, identitySizes, secretSizes } from "../../src/rpc/call-sizes.ts";

const kib = 1024;
const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);

describe("fault A1: the memory that is set aside for a call before it runs", () => {
  const { saveSecrets, removeSecrets, listVersions, restoreVersion, purgeSecrets, explainAccess } = secretSizes;

  test("of a batch: twice 128 KiB for each secret, none for one, and never more than the largest batch takes", () => {
    const save = (secrets: number, remove: number) =>
      saveSecrets?.(create(SaveSecretsRequestSchema, { secrets: many(secrets, {}), remove: many(remove, {}) }));
    expect([save(0, 0), save(1, 0), save(0, 1)]).toEqual([0, 0, 0]);
    expect([save(1, 1), save(2, 0), save(2, 3)]).toEqual([512 * kib, 512 * kib, 1280 * kib]);
    const most = 2.25 * limits.batchStoredBytes;
    expect([save(1000, 0), save(0, 1000)]).toEqual([most, most]);
    const remove = (keys: number, ids: number) =>
      removeSecrets?.(create(RemoveSecretsRequestSchema, { keys: many(keys, "a"), ids: many(ids, "a") }));
    expect([remove(1, 0), remove(1, 1), remove(3, 0), remove(0, 1000)]).toEqual([0, 512 * kib, 768 * kib, most]);
    const purge = (keys: number) => purgeSecrets?.(create(PurgeSecretsRequestSchema, { keys: many(keys, "a") }));
    expect([purge(1), purge(2)]).toEqual([0, 512 * kib]);
  });

  test("of versions: ten of 128 KiB, three times for a list", () => {
    expect(listVersions?.(create(ListVersionsRequestSchema, {}))).toBe(3840 * kib);
    expect(restoreVersion?.(create(RestoreVersionRequestSchema, {}))).toBe(1280 * kib);
  });

  test("of a page: twice its rows, of 8 KiB for a user or a record and 18 KiB for a token, at most 12 MiB", () => {
    const of = (pageSize: number) => ({ pageSize });
    const { listUsers, listNames, listTokens } = identitySizes;
    const { listAuditEvents, listUsage } = auditSizes;
    expect(listUsers?.(create(ListUsersRequestSchema, of(0)))).toBe(1600 * kib);
    expect(listUsers?.(create(ListUsersRequestSchema, of(1)))).toBe(16 * kib);
    expect(listUsers?.(create(ListUsersRequestSchema, of(1000)))).toBe(12 * kib * kib);
    expect(listUsers?.(create(ListUsersRequestSchema, of(700)))).toBe(11_200 * kib);
    expect(listNames?.(create(ListNamesRequestSchema, of(10)))).toBe(160 * kib);
    expect(listTokens?.(create(ListTokensRequestSchema, of(10)))).toBe(360 * kib);
    expect(listAuditEvents?.(create(ListAuditEventsRequestSchema, of(10)))).toBe(160 * kib);
    expect(listUsage?.(create(ListUsageRequestSchema, { keys: many(10, "a") }))).toBe(160 * kib);
    // A size that will be refused sets aside no more than the largest that will not.
    expect(listTokens?.(create(ListTokensRequestSchema, of(2 ** 31 - 1)))).toBe(12 * kib * kib);
  });

  test("of an explanation: none for one principal, a page of users for all", () => {
    const explain = (fields: object) => explainAccess?.(create(ExplainAccessRequestSchema, fields));
    expect(explain({ pageSize: 10 })).toBe(0);
    expect(explain({ whoCan: "read", pageSize: 10 })).toBe(160 * kib);
  });

  test("of users: 8 KiB for each, and none for one", () => {
    const save = (users: number) =>
      identitySizes.saveUsers?.(create(SaveUsersRequestSchema, { users: many(users, {}) }));
    expect([save(0), save(1), save(2), save(10)]).toEqual([0, 0, 16 * kib, 80 * kib]);
  });

  test("of copies: twice what is copied, three times what is moved", () => {
    const copy = (items: number, move: boolean) =>
      secretSizes.copySecrets?.(create(CopySecretsRequestSchema, { items: many(items, {}), move }));
    expect([copy(0, true), copy(1, false), copy(1, true)]).toEqual([0, 512 * kib, 768 * kib]);
    expect([copy(3, false), copy(3, true)]).toEqual([1536 * kib, 2304 * kib]);
  });

  test("of permits: all of a tenant, and none for one", () => {
    const save = (permits: number) =>
      identitySizes.savePermits?.(create(SavePermitsRequestSchema, { permits: many(permits, {}) }));
    const all = Math.min(limits.permitsOfTenant * limits.keyPatternBytes, 12 * kib * kib);
    expect([save(0), save(1), save(2), save(50)]).toEqual([0, 0, all, all]);
  });

  test("of a team: 8 KiB for each of its users, permits and tokens", () => {
    const apply = (users: number, permits: number, tokens: number) =>
      identitySizes.applyTeam?.(
        create(ApplyTeamRequestSchema, {
          users: many(users, {}),
          permits: many(permits, {}),
          tokens: many(tokens, {}),
        }),
      );
    expect([apply(0, 0, 0), apply(1, 0, 0), apply(1, 2, 4)]).toEqual([0, 8 * kib, 56 * kib]);
  });
});
