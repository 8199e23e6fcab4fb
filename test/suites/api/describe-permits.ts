import { expect, it } from "vitest";
import { TeamKind, TeamOutcome } from "../../../gen/secret/v1/identity_service_pb.ts";
import { Comparison, SaveOutcome } from "../../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../../support/api/failure.ts";
import type { Callers } from "./describe-api.ts";

/** Permits, teams, copies and comparisons, the same over every transport. */
export function describePermits(callers: () => Callers): void {
  it("lets a role create what it has a permit for", async () => {
    const { admin, alice } = callers();
    const permits = [{ name: "backend", pattern: "permitted/*" }];
    const secrets = [{ key: "permitted/A", value: "v" }];
    const refused = { code: "PermissionDenied", reason: "FOREIGN_PREFIX", field: "secrets[0].key" } as const;
    await expectFailure(alice.secrets.saveSecrets({ secrets }), refused);
    const { results } = await alice.secrets.saveSecrets({ secrets, validateOnly: true });
    expect(results).toMatchObject([{ outcome: SaveOutcome.FORBIDDEN, missingPermit: "permitted/*" }]);
    await expectFailure(alice.identity.savePermits({ permits }), { code: "PermissionDenied", reason: "ADMIN_ONLY" });
    expect((await admin.identity.savePermits({ permits })).results).toMatchObject([
      { permit: permits[0], created: true },
    ]);
    await alice.secrets.saveSecrets({ secrets });
    expect((await alice.identity.listPermits({})).permits).toMatchObject(permits);
    const { rights } = await alice.secrets.explainAccess({ key: "permitted/B" });
    expect(rights.at(-1)).toMatchObject({ allowed: true, rule: "permit", permit: "backend:permitted/*" });
    expect((await admin.identity.removePermits({ permits })).removed).toMatchObject(permits);
    const gone = { code: "NotFound", reason: "NOT_FOUND", field: "permits[0]" } as const;
    await expectFailure(admin.identity.removePermits({ permits }), gone);
  });

  it("applies a team, or says what it would do", async () => {
    const { admin } = callers();
    const request = {
      users: [{ slug: "teammate", roles: ["teamrole"] }],
      permits: [{ name: "teamrole", pattern: "teamwork/*" }],
      tokens: [{ slug: "teammate", description: "ci" }],
    };
    const created = [
      { kind: TeamKind.USER, outcome: TeamOutcome.CREATED, name: "teammate", rolesAdded: ["teamrole"] },
      { kind: TeamKind.PERMIT, outcome: TeamOutcome.CREATED, name: "teamrole", detail: "teamwork/*" },
      { kind: TeamKind.TOKEN, outcome: TeamOutcome.MISSING, name: "teammate", detail: "ci" },
    ];
    const isOurs = ({ outcome }: { outcome: TeamOutcome }) => outcome !== TeamOutcome.NOT_NAMED;
    const planned = await admin.identity.applyTeam({ ...request, validateOnly: true });
    expect(planned.changes.filter(isOurs)).toMatchObject(created);
    const applied = await admin.identity.applyTeam(request);
    expect(applied.changes.filter(isOurs)).toMatchObject(created);
    await admin.identity.removeUsers({ slugs: ["teammate"] });
    await admin.identity.removePermits({ permits: request.permits });
  });

  it("copies and compares without showing a value", async () => {
    const { admin } = callers();
    await admin.secrets.saveSecrets({
      secrets: [
        { key: "left/A", value: "canary-copied" },
        { key: "left/B", value: "one" },
        { key: "right/B", value: "two" },
      ],
    });
    const items = [{ source: "left/A", target: "right/A" }];
    const { results } = await admin.secrets.copySecrets({ items, readers: ["backend"] });
    expect(results).toMatchObject([{ key: "right/A", outcome: SaveOutcome.CREATED, version: 1 }]);
    const { secrets } = await admin.secrets.compareNamespaces({ left: "left", right: "right" });
    expect(secrets).toMatchObject([
      { name: "A", comparison: Comparison.SAME },
      { name: "B", comparison: Comparison.DIFFERENT },
    ]);
    await expectFailure(admin.secrets.copySecrets({ items }), { code: "Aborted", reason: "STALE_VERSION" });
    const moved = await admin.secrets.copySecrets({ items: [{ source: "left/B", target: "moved/B" }], move: true });
    expect(moved.results.map(({ outcome }) => outcome)).toEqual([SaveOutcome.CREATED, SaveOutcome.REMOVED]);
  });
}
