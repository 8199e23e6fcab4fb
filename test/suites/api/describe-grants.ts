import { expect, it } from "vitest";
import { AuditDecision } from "../../../gen/secret/v1/audit_service_pb.ts";
import { SaveOutcome, SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../../support/api/failure.ts";
import type { Callers } from "./describe-api.ts";

const deploy = ["create", "save-value", "save-lists"].map((action) => ({ action, keyPatterns: ["deploy/*"] }));
const notGranted = { code: "PermissionDenied", reason: "NOT_GRANTED" } as const;

/** A token that deploys and reads nothing, the same over every transport. */
export function describeGrants(callers: () => Callers): void {
  it("shows what a token is narrowed to", async () => {
    const { service, admin } = callers();
    const { secret, token } = await admin.identity.createToken({ grants: deploy });
    expect(token?.grants).toMatchObject(deploy);
    const ci = service.as(secret);
    const self = await ci.identity.whoAmI({});
    expect(self).toMatchObject({ slug: "admin", admin: true, operator: false, grants: token?.grants });
    const { tokens } = await admin.identity.listTokens({ slug: "admin", pageSize: 1000 });
    expect(tokens.find(({ id }) => id === token?.id)?.grants).toEqual(token?.grants);
    expect((await admin.identity.whoAmI({})).grants).toEqual([]);
  });

  it("deploys twice, and reads nothing", async () => {
    const { service, admin } = callers();
    const ci = service.as((await admin.identity.createToken({ grants: deploy })).secret);
    const secrets = [{ key: "deploy/A", value: "v", readers: ["alice"], metadata: { note: "n" } }];
    const first = await ci.secrets.saveSecrets({ secrets });
    expect(first.results).toMatchObject([{ outcome: SaveOutcome.CREATED, version: 1 }]);
    // Who may not read must not learn whether a value is equal.
    const second = await ci.secrets.saveSecrets({ secrets });
    expect(second.results).toMatchObject([{ outcome: SaveOutcome.UPDATED, changedFields: ["value"] }]);
    const lists = [{ key: "deploy/A", readers: ["alice"], metadata: { note: "n" } }];
    const plan = await ci.secrets.saveSecrets({ secrets: lists, validateOnly: true });
    expect(plan.results).toMatchObject([{ outcome: SaveOutcome.UNCHANGED, version: 2 }]);

    const read = await ci.secrets.listSecrets({ keys: ["deploy/A"] });
    expect(read).toMatchObject({ secrets: [], missingKeys: ["deploy/A"], errors: [] });
    expect((await ci.secrets.listSecrets({ view: SecretView.FULL })).secrets).toEqual([]);
    const [seen] = (await ci.secrets.listSecrets({ namespace: "deploy" })).secrets;
    expect(seen).toMatchObject({ key: "deploy/A", readers: ["alice"] });
    expect(seen?.value).toBeUndefined();
    await expectFailure(ci.secrets.removeSecrets({ keys: ["deploy/A"] }), {
      ...notGranted,
      right: "delete",
      key: "deploy/A",
    });
    await admin.secrets.removeSecrets({ keys: ["deploy/A"] });
  });

  it("knows nothing of what is outside the grants", async () => {
    const { service, admin } = callers();
    const ci = service.as((await admin.identity.createToken({ grants: deploy })).secret);
    await admin.secrets.saveSecrets({ secrets: [{ key: "outside/A", value: "v" }] });
    for (const key of ["outside/A", "outside/B"]) {
      const answer = await ci.secrets.listSecrets({ keys: [key], view: SecretView.KEYS });
      expect(answer).toMatchObject({ secrets: [], missingKeys: [key] });
      await expectFailure(ci.secrets.saveSecrets({ secrets: [{ key, value: "x" }] }), {
        ...notGranted,
        right: "create",
        key,
        field: "secrets[0].key",
      });
      await expectFailure(ci.secrets.removeSecrets({ keys: [key] }), { code: "NotFound", reason: "NOT_FOUND", key });
    }
    expect((await ci.secrets.listSecrets({ namespace: "outside" })).secrets).toEqual([]);
  });

  it("manages nothing", async () => {
    const { service, admin } = callers();
    const { secret, token } = await admin.identity.createToken({ grants: [{ action: "read", keyPatterns: ["*"] }] });
    const narrowed = service.as(secret);
    const { identity, audit } = narrowed;
    const calls: (() => Promise<unknown>)[] = [
      () => identity.createToken({}),
      () => identity.createToken({ slug: "alice", grants: deploy }),
      () => identity.listTokens({}),
      () => identity.revokeToken({ id: token?.id ?? "" }),
      () => identity.saveUsers({ users: [{ slug: "eve", admin: true }] }),
      () => identity.listUsers({}),
      () => identity.listUsers({ tenant: "other" }),
      () => identity.removeUsers({ slugs: ["alice"] }),
      () => audit.listAuditEvents({}),
    ];
    for (const call of calls) await expectFailure(call(), notGranted);
    const { events } = await admin.audit.listAuditEvents({ action: "token.create", decision: AuditDecision.DENIED });
    expect(events[0]).toMatchObject({ principal: "admin", rule: "not-granted" });
    expect((await narrowed.secrets.isSecure({})).reasons).toEqual([]);
  });

  it("refuses grants that say nothing", async () => {
    const { admin } = callers();
    const create = (action: string, ...keyPatterns: string[]) =>
      admin.identity.createToken({ grants: [{ action, keyPatterns }] });
    await expectFailure(create("read"), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "grants[0].keyPatterns",
    });
    await expectFailure(create("write", "*"), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      field: "grants[0].action",
    });
    const many = Array.from({ length: 65 }, (_, at) => `key-${at}`);
    await expectFailure(create("read", ...many), {
      code: "InvalidArgument",
      reason: "LIMIT_EXCEEDED",
      field: "grants",
      limit: 64,
      actual: 65,
    });
  });
}
