import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuditProblemKind, type VerifyAuditResponse } from "../../gen/secret/v1/audit_service_pb.ts";
import { type AuditRows, openAuditRows } from "../support/api/audit-rows.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";

let service: TestService;
beforeAll(async () => {
  service = await startService(connectJson);
  const { secrets } = service.admin;
  for (const round of ["1", "2"]) {
    await secrets.saveSecrets({ secrets: ["A", "B"].map((key) => ({ key, value: round })) });
    await secrets.listSecrets({ keys: ["A", "B", "NOT-THERE"] });
  }
});
afterAll(() => service.stop());

async function verify(api: Api, head = ""): Promise<VerifyAuditResponse> {
  for await (const message of api.audit.verifyAudit({ head })) if (message.done) return message;
  throw new Error("the verification ended without a result");
}

async function firstProblem(head = ""): Promise<string> {
  const { problems } = await verify(service.admin, head);
  return problems.map(({ chain, position, kind }) => `${kind} ${chain} ${position}`).join();
}

describe.each(["changes", "access"] as const)("threat 102: in the sink of %s", (sink) => {
  let rows: AuditRows;
  let places: Awaited<ReturnType<AuditRows["list"]>>;
  let head: string;
  beforeAll(async () => {
    ({ head } = await verify(service.admin));
    rows = await openAuditRows(service, sink);
    places = await rows.list();
  });
  afterAll(() => rows.close());

  const found = (kind: AuditProblemKind, at: number) => {
    const { chain, position } = places[at] ?? {};
    return `${kind} ${chain} ${position}`;
  };

  test("every record that is edited is named", async () => {
    expect(places.length).toBeGreaterThan(3);
    for (const at of places.keys()) {
      await rows.edit(at);
      expect(await firstProblem()).toBe(found(AuditProblemKind.EDITED, at));
      await rows.restore();
    }
    expect(await firstProblem(head)).toBe("");
  });

  test("every record that is dropped is named, the last one with a head", async () => {
    for (const at of places.keys()) {
      await rows.drop(at);
      // Verifying is recorded, so only a chain without newer records ends here.
      const isLast = sink === "changes" && at === places.length - 1;
      expect(await firstProblem()).toBe(isLast ? "" : found(AuditProblemKind.MISSING, at));
      const kind = isLast ? AuditProblemKind.CUT_OFF : AuditProblemKind.MISSING;
      expect(await firstProblem(head)).toBe(found(kind, at));
      await rows.restore();
    }
    expect(await firstProblem(head)).toBe("");
  });

  test("of any two records in each other's place the first is named", async () => {
    for (const first of places.keys()) {
      const second = (first + 2) % places.length;
      await rows.swap(first, second);
      expect(await firstProblem()).toBe(found(AuditProblemKind.EDITED, Math.min(first, second)));
      await rows.restore();
    }
    expect(await firstProblem(head)).toBe("");
  });
});

test("only an operator may verify, with a token that is not narrowed, and with a head of this service", async () => {
  const admin = await service.addUser("only-admin", { admin: true });
  await expectFailure(verify(admin), { code: "PermissionDenied", reason: "OPERATOR_ONLY" });
  const { secret } = await service.admin.identity.createToken({
    slug: "admin",
    grants: [{ action: "read", keyPatterns: ["*"] }],
  });
  await expectFailure(verify(service.as(secret)), { code: "PermissionDenied", reason: "NOT_GRANTED" });
  const wrong = { code: "InvalidArgument", reason: "INVALID_FIELD", field: "head" } as const;
  await expectFailure(verify(service.admin, "head.v1.AAAA.AAAA"), wrong);
  await expectFailure(verify(service.admin, `head.v1.${"A".repeat(200_000)}`), wrong);
  const events = await service.auditEvents();
  expect(events.filter(({ action }) => action === "audit.verify").length).toBeGreaterThan(10);
});
