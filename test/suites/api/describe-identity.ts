import { expect, it } from "vitest";
import { AuditDecision } from "../../../gen/secret/v1/audit_service_pb.ts";
import { UserOutcome } from "../../../gen/secret/v1/identity_service_pb.ts";
import { expectFailure } from "../../support/api/failure.ts";
import type { Callers } from "./describe-api.ts";

/** Callers, users, tokens and the audit log, the same over every transport. */
export function describeIdentityFlows(callers: () => Callers): void {
  it("shows callers who they are", async () => {
    const { admin, alice } = callers();
    expect(await alice.identity.whoAmI({})).toMatchObject({
      tenant: "default",
      slug: "alice",
      roles: ["backend"],
      admin: false,
      operator: false,
    });
    const self = await admin.identity.whoAmI({});
    expect(self).toMatchObject({ slug: "admin", admin: true, operator: true });
    expect(self.tokenExpireAt).toBeUndefined();
  });

  it("says whether the set-up is secure", async () => {
    const { alice } = callers();
    expect(await alice.secrets.isSecure({})).toMatchObject({ isSecure: true, reasons: [] });
  });

  it("manages users and tokens", async () => {
    const { service, admin } = callers();
    const saved = await admin.identity.saveUsers({ users: [{ slug: "carl", roles: ["ops", "db", "ops"] }] });
    expect(saved.results).toMatchObject([
      { outcome: UserOutcome.CREATED, user: { slug: "carl", roles: ["db", "ops"] } },
    ]);
    const { secret, token } = await admin.identity.createToken({ slug: "carl", description: "laptop" });
    expect(token).toMatchObject({ slug: "carl", createdBy: "admin", description: "laptop" });
    const carl = service.as(secret);
    expect((await carl.identity.whoAmI({})).tokenId).toBe(token?.id);
    expect((await carl.identity.listTokens({})).tokens).toMatchObject([{ id: token?.id }]);
    expect((await admin.identity.listUsers({})).users.map(({ slug }) => slug)).toContain("carl");
    await expectFailure(carl.identity.listUsers({}), { code: "PermissionDenied", reason: "ADMIN_ONLY" });
    await expectFailure(carl.identity.createToken({ slug: "alice" }), {
      code: "PermissionDenied",
      reason: "ADMIN_ONLY",
    });
    const own = await carl.identity.createToken({ description: "desk" });
    expect(own.token).toMatchObject({ slug: "carl", createdBy: "carl", description: "desk" });
    expect((await service.as(own.secret).identity.whoAmI({})).tokenId).toBe(own.token?.id);
    await carl.identity.revokeToken({ id: own.token?.id ?? "" });

    const revoked = await carl.identity.revokeToken({ id: token?.id ?? "" });
    expect(revoked.token?.revokedAt).toBeDefined();
    await expectFailure(carl.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    const removed = await admin.identity.removeUsers({ slugs: ["carl"] });
    expect(removed).toMatchObject({ removed: ["carl"], tokensRevoked: 0 });
  });

  it("shows the audit log to admins", async () => {
    const { admin, alice, bob } = callers();
    const key = "alice/AUDITED";
    await alice.secrets.saveSecrets({ secrets: [{ key, value: "v" }] });
    await alice.secrets.listSecrets({ keys: [key] });
    await expectFailure(bob.secrets.removeSecrets({ key }), { code: "NotFound", reason: "NOT_FOUND" });
    const { events } = await admin.audit.listAuditEvents({ key });
    expect(events.map(({ action, decision }) => ({ action, decision }))).toEqual(
      expect.arrayContaining([
        { action: "secret.save", decision: AuditDecision.ALLOWED },
        { action: "secret.read", decision: AuditDecision.ALLOWED },
      ]),
    );
    const refused = await admin.audit.listAuditEvents({ principal: "bob", action: "secret.remove", pageSize: 1 });
    expect(refused.events).toMatchObject([{ decision: AuditDecision.DENIED, names: [key], count: 1 }]);
    await expectFailure(alice.audit.listAuditEvents({}), { code: "PermissionDenied", reason: "ADMIN_ONLY" });
  });
}
