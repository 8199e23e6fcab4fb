import { expect, it } from "vitest";
import { expectFailure } from "../../support/api/failure.ts";
import type { Callers } from "./describe-api.ts";

/** Explanations of access, the same over every transport. */
export function describeExplanations(callers: () => Callers): void {
  it("explains what the caller may do, and to admins what others may", async () => {
    const { service, admin, alice, bob } = callers();
    await alice.secrets.saveSecrets({ secrets: [{ key: "alice/EXPLAINED", value: "v", readers: ["backend", "bob"] }] });
    const own = await alice.secrets.explainAccess({ key: "alice/EXPLAINED" });
    expect(own).toMatchObject({
      key: "alice/EXPLAINED",
      principal: "alice",
      holders: [],
      listed: [],
      nextPageToken: "",
    });
    expect(own.rights.map(({ right, allowed }) => [right, allowed])).toEqual([
      ["read", true],
      ["write", true],
      ["delete", true],
      ["change-readers", true],
      ["change-writers", true],
      ["change-deleters", true],
      ["create", true],
    ]);
    expect(own.rights[0]).toMatchObject({
      rule: "slug-listed",
      list: "readers",
      entries: ["alice", "backend"],
      grant: "",
    });
    const grants = [{ action: "read", keyPatterns: ["alice/E*"] }];
    const narrowed = service.as((await alice.identity.createToken({ grants })).secret);
    const { rights } = await narrowed.secrets.explainAccess({ key: "alice/EXPLAINED" });
    expect(rights.slice(0, 2)).toMatchObject([
      { right: "read", allowed: true, grant: "read:alice/E*" },
      { right: "write", allowed: false, rule: "not-granted", grant: "" },
    ]);

    const ofBob = await admin.secrets.explainAccess({ key: "alice/EXPLAINED", principal: "bob" });
    expect(ofBob).toMatchObject({ principal: "bob" });
    expect(ofBob.rights[1]).toMatchObject({ right: "write", allowed: false, rule: "not-listed", list: "writers" });
    const readers = await admin.secrets.explainAccess({ key: "alice/EXPLAINED", whoCan: "read" });
    expect(readers).toMatchObject({ principal: "", rights: [], listed: ["alice", "backend", "bob"] });
    expect(readers.holders).toMatchObject([
      { slug: "admin", rule: "admin", entries: [] },
      { slug: "alice", rule: "slug-listed", entries: ["alice", "backend"] },
      { slug: "bob", rule: "slug-listed", entries: ["bob"] },
    ]);
    const denied = { code: "PermissionDenied", reason: "ADMIN_ONLY" } as const;
    await expectFailure(bob.secrets.explainAccess({ key: "alice/EXPLAINED", principal: "alice" }), denied);
    await expectFailure(bob.secrets.explainAccess({ key: "alice/EXPLAINED", whoCan: "read" }), denied);
  });

  it("explains a secret of others like one that does not exist", async () => {
    const { admin, bob } = callers();
    await admin.secrets.saveSecrets({ secrets: [{ key: "hidden/THERE", value: "v", readers: ["alice"] }] });
    const there = await bob.secrets.explainAccess({ key: "hidden/THERE" });
    expect(there.rights[0]).toMatchObject({ allowed: false, rule: "missing", entries: [] });
    expect(there.rights).toEqual((await bob.secrets.explainAccess({ key: "hidden/ABSENT" })).rights);
    await expectFailure(bob.secrets.explainAccess({ key: "" }), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "key",
    });
  });
}
