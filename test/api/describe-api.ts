import { afterAll, beforeAll, expect, it } from "vitest";
import { AuditDecision } from "../../gen/secret/v1/audit_service_pb.ts";
import { UserOutcome } from "../../gen/secret/v1/identity_service_pb.ts";
import { SaveOutcome, SecretState, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "./failure.ts";
import { type Api, type ApiTransport, startService, type TestService } from "./fixture.ts";

/** The main flows and refusals, the same over every transport: answers, codes, reasons and fields must be equal. */
export function describeApi(transport: ApiTransport): void {
  let service: TestService;
  let admin: Api;
  let alice: Api;
  let bob: Api;

  beforeAll(async () => {
    service = await startService(transport);
    admin = service.admin;
    alice = await service.addUser("alice", { roles: ["backend"] });
    bob = await service.addUser("bob");
  });
  afterAll(() => service.stop());

  it("creates, reads, updates and removes a secret", async () => {
    const key = "alice/STRIPE_KEY";
    const created = await alice.secrets.saveSecrets({ secrets: [{ key, value: "sk_1", metadata: { team: "pay" } }] });
    expect(created.results).toMatchObject([{ key, outcome: SaveOutcome.CREATED, version: 1 }]);
    const first = await alice.secrets.listSecrets({ keys: [key] });
    expect(first.secrets).toMatchObject([
      {
        key,
        value: "sk_1",
        encrypted: false,
        owner: "alice",
        version: 1,
        createdBy: "alice",
        metadata: { team: "pay" },
      },
    ]);
    expect(first.secrets[0]?.readers).toEqual(["alice"]);
    expect(first.secrets[0]?.state).toBe(SecretState.ACTIVE);

    const updated = await alice.secrets.saveSecrets({ secrets: [{ key, value: "sk_2", readers: ["backend"] }] });
    expect(updated.results).toMatchObject([
      {
        outcome: SaveOutcome.UPDATED,
        version: 2,
        changedFields: ["value", "readers"],
        listChanges: [{ list: "readers", added: ["backend"], removed: [] }],
      },
    ]);
    const again = await alice.secrets.saveSecrets({ secrets: [{ key, value: "sk_2" }] });
    expect(again.results).toMatchObject([{ outcome: SaveOutcome.UNCHANGED, version: 2 }]);

    const removed = await alice.secrets.removeSecrets({ key });
    expect(removed.removed).toMatchObject([{ key, version: 3, id: created.results[0]?.id }]);
    const gone = await alice.secrets.listSecrets({ keys: [key] });
    expect(gone).toMatchObject({ secrets: [], missingKeys: [key] });
  });

  it("keeps values byte for byte", async () => {
    const values = [
      "  spaces  ",
      "line\r\n\ttab\n",
      "\u0000\u0001\u001b[31m",
      "\u{1f511} ключ ￿",
      '"\\{}$(x)`y`',
      "﻿bom",
    ];
    const secrets = values.map((value, at) => ({ key: `alice/exact/${at}`, value }));
    await alice.secrets.saveSecrets({ secrets });
    const { secrets: read } = await alice.secrets.listSecrets({ keys: secrets.map(({ key }) => key) });
    expect(read.map(({ value }) => value)).toEqual(values);
  });

  it("threat 33: pages through metadata without values, in the order of the bytes of the key", async () => {
    const names = ["a", "B", "a.b", "a-b", "a/b", "Z_9", "10", "9"];
    await admin.secrets.saveSecrets({ secrets: names.map((name) => ({ key: `paged/${name}`, value: "v" })) });
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await admin.secrets.listSecrets({ namespace: "paged", pageSize: 3, pageToken });
      expect(page.secrets.length).toBeLessThanOrEqual(3);
      for (const secret of page.secrets) expect(secret.value).toBeUndefined();
      seen.push(...page.secrets.map(({ key }) => key));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).toEqual(names.map((name) => `paged/${name}`).sort());
  });

  it("shows keys, metadata or everything", async () => {
    await alice.secrets.saveSecrets({
      secrets: [{ key: "alice/VIEWS", value: "v", metadata: { expires: "2031-12-31" } }],
    });
    const of = async (view: SecretView) =>
      (await alice.secrets.listSecrets({ keys: ["alice/VIEWS"], view })).secrets[0];
    expect(await of(SecretView.KEYS)).toMatchObject({ key: "alice/VIEWS", owner: "", state: SecretState.UNSPECIFIED });
    const metadata = await of(SecretView.METADATA);
    expect(metadata).toMatchObject({ owner: "alice", metadata: { expires: "2031-12-31" } });
    expect(metadata?.value).toBeUndefined();
    expect(metadata?.expireAt?.seconds).toBe(BigInt(Date.UTC(2032, 0, 1) / 1000));
    expect((await of(SecretView.FULL))?.value).toBe("v");
  });

  it("threats 7, 8, 9: refuses keys outside of one's own prefix, whether or not they exist", async () => {
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

  it("threat 80: tells nothing about a secret on which the caller has no right", async () => {
    await alice.secrets.saveSecrets({ secrets: [{ key: "alice/HIDDEN", value: "v" }] });
    const named = await bob.secrets.listSecrets({ keys: ["alice/HIDDEN", "alice/ABSENT"] });
    expect(named).toMatchObject({ secrets: [], errors: [], missingKeys: ["alice/HIDDEN", "alice/ABSENT"] });
    const expected = { code: "NotFound", reason: "NOT_FOUND", field: "key" } as const;
    const hidden = await expectFailure(bob.secrets.removeSecrets({ key: "alice/HIDDEN" }), expected);
    const absent = await expectFailure(bob.secrets.removeSecrets({ key: "alice/ABSENT" }), expected);
    expect(JSON.stringify(hidden).replaceAll("HIDDEN", "ABSENT")).toBe(JSON.stringify(absent));
  });

  it("threats 11, 13: saves all of a batch or nothing", async () => {
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
    for (const token of ["", "x", "oo_", `oo_${"A".repeat(43)}`, `Bearer ${admin.token}`, `${admin.token}=`]) {
      const stranger = service.as(token);
      await expectFailure(stranger.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
      await expectFailure(stranger.secrets.listSecrets({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    }
  });

  it("tells callers who they are", async () => {
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
    expect(await alice.secrets.isSecure({})).toMatchObject({ isSecure: true, reasons: [] });
  });

  it("manages users and tokens", async () => {
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

    const revoked = await carl.identity.revokeToken({ id: token?.id ?? "" });
    expect(revoked.token?.revokedAt).toBeDefined();
    await expectFailure(carl.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    const removed = await admin.identity.removeUsers({ slugs: ["carl"] });
    expect(removed).toMatchObject({ removed: ["carl"], tokensRevoked: 0 });
  });

  it("shows the audit log to admins", async () => {
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

  it("threat 98: answers a repeated request without carrying it out again", async () => {
    const request = { secrets: [{ key: "alice/ONCE", value: "v" }], idempotencyKey: "deploy-1" };
    const first = await alice.secrets.saveSecrets(request);
    expect(first.results).toMatchObject([{ outcome: SaveOutcome.CREATED, version: 1 }]);
    expect((await alice.secrets.saveSecrets(request)).results).toEqual(first.results);
    await expectFailure(alice.secrets.saveSecrets({ ...request, secrets: [{ key: "alice/ONCE", value: "w" }] }), {
      code: "AlreadyExists",
      reason: "IDEMPOTENCY_KEY_REUSED",
      field: "idempotencyKey",
    });
  });

  it("threats 57, 58: keeps metadata of any name", async () => {
    const metadata = Object.fromEntries(
      ["__proto__", "constructor", "toString", "hasOwnProperty", "$where", "a.b", "ключ"].map((name) => [name, "x"]),
    );
    const key = "alice/META";
    await alice.secrets.saveSecrets({ secrets: [{ key, value: "v", metadata }] });
    const stored = (await alice.secrets.listSecrets({ keys: [key] })).secrets[0]?.metadata;
    expect(Object.keys(stored ?? {}).sort()).toEqual(Object.keys(metadata).sort());
  });
}
