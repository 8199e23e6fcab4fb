import { expect, it } from "vitest";
import { expectFailure } from "../../support/api/failure.ts";
import type { Api } from "../../support/api/fixture.ts";
import type { Callers } from "./describe-api.ts";

/** What is refused, and how, the same over every transport. */
export function describeRefusals(callers: () => Callers): void {
  it("threats 7, 8, 9: refuses keys outside of one's own prefix, whether or not they exist", async () => {
    const { admin, alice } = callers();
    await admin.secrets.saveSecrets({ secrets: [{ key: "alice-svc/THERE", value: "v" }] });
    for (const key of ["alice-svc/THERE", "alice-svc/ABSENT", "alic/X", "alice", "BARE", "Alice/X"]) {
      const index = 0;
      const expected = { code: "PermissionDenied", reason: "FOREIGN_PREFIX", right: "create", key, index } as const;
      await expectFailure(alice.secrets.saveSecrets({ secrets: [{ key, value: "v" }] }), {
        ...expected,
        field: "secrets[0].key",
      });
    }
  });

  it("names the missing right to those who have another one", async () => {
    const { alice, bob } = callers();
    const key = "alice/SHARED";
    await alice.secrets.saveSecrets({ secrets: [{ key, value: "v", readers: ["bob"] }] });
    expect((await bob.secrets.listSecrets({ keys: [key] })).secrets).toMatchObject([{ value: "v" }]);
    await expectFailure(bob.secrets.saveSecrets({ secrets: [{ key, value: "w" }] }), {
      code: "PermissionDenied",
      reason: "MISSING_RIGHT",
      right: "write",
      key,
      field: "secrets[0]",
    });
    await expectFailure(bob.secrets.removeSecrets({ keys: [key] }), {
      code: "PermissionDenied",
      reason: "MISSING_RIGHT",
      right: "delete",
      key,
      field: "keys[0]",
    });
    await expectFailure(bob.secrets.saveSecrets({ secrets: [{ key, readers: ["bob", "carl"] }] }), {
      code: "PermissionDenied",
      reason: "MISSING_RIGHT",
      right: "change-readers",
      field: "secrets[0].readers",
    });
  });

  it("threat 80: reveals nothing about a secret on which the caller has no right", async () => {
    const { alice, bob } = callers();
    await alice.secrets.saveSecrets({ secrets: [{ key: "alice/HIDDEN", value: "v" }] });
    const named = await bob.secrets.listSecrets({ keys: ["alice/HIDDEN", "alice/ABSENT"] });
    expect(named).toMatchObject({ secrets: [], errors: [], missingKeys: ["alice/HIDDEN", "alice/ABSENT"] });
    const expected = { code: "NotFound", reason: "NOT_FOUND", field: "key" } as const;
    const hidden = await expectFailure(bob.secrets.removeSecrets({ key: "alice/HIDDEN" }), expected);
    const absent = await expectFailure(bob.secrets.removeSecrets({ key: "alice/ABSENT" }), expected);
    expect(JSON.stringify(hidden).replaceAll("HIDDEN", "ABSENT")).toBe(JSON.stringify(absent));
  });

  it("threats 11, 13: saves all of a batch or nothing", async () => {
    const { alice } = callers();
    const refused = alice.secrets.saveSecrets({
      secrets: [
        { key: "alice/BATCH_1", value: "v" },
        { key: "bob/BATCH_2", value: "v" },
        { key: "alice/BATCH_3", value: "v" },
      ],
    });
    const { details } = await expectFailure(refused, {
      code: "PermissionDenied",
      reason: "FOREIGN_PREFIX",
      index: 1,
      field: "secrets[1].key",
    });
    expect(details).toHaveLength(1);
    const keys = ["alice/BATCH_1", "alice/BATCH_3"];
    expect((await alice.secrets.listSecrets({ keys })).missingKeys).toEqual(keys);
  });

  it("threat 32: gives every kind of mistake its own code and names the field", async () => {
    const { alice } = callers();
    const save = (input: Parameters<Api["secrets"]["saveSecrets"]>[0]) => alice.secrets.saveSecrets(input);
    const invalid = { code: "InvalidArgument", reason: "INVALID_FIELD" } as const;
    await expectFailure(save({}), { ...invalid, field: "secrets" });
    await expectFailure(save({ secrets: [{ value: "v" }] }), { ...invalid, field: "secrets[0].key" });
    await expectFailure(save({ secrets: [{ key: "alice//X", value: "v" }] }), { ...invalid, field: "secrets[0].key" });
    await expectFailure(save({ secrets: [{ key: "alice/X", value: "" }] }), { ...invalid, field: "secrets[0].value" });
    await expectFailure(save({ secrets: [{ key: "alice/X" }] }), { ...invalid, field: "secrets[0].value" });
    await expectFailure(save({ secrets: [{ key: "alice/X", value: "v", readers: ["Bad"] }] }), {
      ...invalid,
      field: "secrets[0].readers[0]",
    });
    await expectFailure(save({ secrets: [{ key: "alice/X", value: "x".repeat(65 * 1024) }] }), {
      code: "InvalidArgument",
      reason: "LIMIT_EXCEEDED",
      field: "secrets[0].value",
      limit: 65_536,
      actual: 66_560,
    });
    await expectFailure(save({ secrets: [{ key: "alice/X", value: "v", encrypted: true }] }), {
      code: "InvalidArgument",
      reason: "NOT_A_SEALED_VALUE",
      field: "secrets[0].value",
    });
    await expectFailure(save({ secrets: [{ key: "alice/X", value: "v", checksum: "00000000" }] }), {
      code: "InvalidArgument",
      reason: "CHECKSUM_MISMATCH",
      field: "secrets[0].checksum",
    });
    await expectFailure(save({ secrets: [{ key: "alice/X", value: "v", ifVersion: 3 }] }), {
      code: "Aborted",
      reason: "STALE_VERSION",
      field: "secrets[0].ifVersion",
    });
    await expectFailure(save({ secrets: [{ id: "secr_absent", value: "v" }] }), {
      code: "NotFound",
      reason: "NOT_FOUND",
      field: "secrets[0].id",
    });
    await expectFailure(alice.secrets.listSecrets({ keys: ["a"], ids: ["b"] }), {
      code: "InvalidArgument",
      reason: "CONFLICTING_FIELDS",
      field: "ids",
    });
    await expectFailure(alice.secrets.listSecrets({ pageToken: "bm9wZQ" }), {
      code: "InvalidArgument",
      reason: "INVALID_PAGE_TOKEN",
      field: "pageToken",
    });
    expect((await alice.secrets.listSecrets({ keys: ["alice/X"] })).missingKeys).toEqual(["alice/X"]);
  });

  it("threat 36: refuses a missing, malformed or unknown token", async () => {
    const { service, admin } = callers();
    for (const token of ["", "x", "oo_", `oo_${"A".repeat(43)}`, `Bearer ${admin.token}`, `${admin.token}=`]) {
      const stranger = service.as(token);
      await expectFailure(stranger.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
      await expectFailure(stranger.secrets.listSecrets({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    }
  });
}
