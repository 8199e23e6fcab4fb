import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { CredentialKind } from "../../gen/secret/v1/identity_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, type ApiTransport, startService, type TestService } from "../support/api/fixture.ts";
import { grpc, grpcWeb, rest } from "../support/api/transports.ts";
import { claimsOf, fileOf, noon } from "../support/jwt/jwt-fixture.ts";
import { type LocalIssuer, startIssuer } from "../support/oidc/local-issuer.ts";
import { startServer as startProcess } from "../support/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-oidc-"));
afterAll(() => rmSync(folder, { recursive: true }));

let issuer: LocalIssuer;
beforeEach(async () => {
  issuer = await startIssuer();
});
afterEach(() => issuer.close());

let files = 0;
function issuersFile(fields: Record<string, string> = {}): string {
  files += 1;
  const path = join(folder, `issuers-${files}.yaml`);
  const text = fileOf({ jwksUrl: issuer.jwksUrl, ...fields }).replace("    jwksFile: keys.json\n", "");
  writeFileSync(path, text);
  return path;
}

async function withService(
  fields: Record<string, string>,
  use: (service: TestService) => Promise<void>,
  transport: ApiTransport = rest,
): Promise<void> {
  const service = await startService(transport, { environment: { SECRET_SVC_ISSUERS: issuersFile(fields) } });
  try {
    expect(service.clock.now()).toBe(noon * 1000);
    await use(service);
  } finally {
    await service.stop();
  }
}

const unauthenticated = { code: "Unauthenticated", reason: "UNAUTHENTICATED" } as const;
const unavailable = { code: "Unavailable", reason: "ISSUER_UNAVAILABLE" } as const;
const tokenOf = (changes: Record<string, unknown> = {}) => issuer.sign(claimsOf(changes));
const slugOf = async (api: Api) => (await api.identity.whoAmI({})).slug;

describe.each([rest, grpc, grpcWeb])("threat 48: over $name", (transport) => {
  test("a new key of the issuer works at once, and the one before until it is withdrawn", async () => {
    await withService(
      {},
      async (service) => {
        const old = tokenOf();
        expect(await slugOf(service.as(old))).toBe("ci-payments");
        service.clock.advance(31_000);
        issuer.rotate("key-2");
        expect(await slugOf(service.as(tokenOf({ sub: "app:billing" })))).toBe("ci-billing");
        expect(await slugOf(service.as(old))).toBe("ci-payments");
        expect(issuer.asked()).toBe(2);
      },
      transport,
    );
  });

  test("threat 174: a principal of an issuer sees what it came with, and no names", async () => {
    await withService(
      {},
      async (service) => {
        const api = service.as(tokenOf());
        expect((await api.identity.whoAmI({})).credential).toBe(CredentialKind.JWT);
        const denied = { code: "PermissionDenied", reason: "ADMIN_ONLY" } as const;
        await expectFailure(api.identity.listNames({}), denied);
      },
      transport,
    );
  });

  test("threat 161: a principal of an issuer does not see who did what, even with its own secrets", async () => {
    await withService(
      {},
      async (service) => {
        const api = service.as(tokenOf());
        const key = "ci-payments/KEY";
        await api.secrets.saveSecrets({ secrets: [{ key, value: "v" }] });
        const denied = { code: "PermissionDenied", reason: "ADMIN_ONLY" } as const;
        await expectFailure(api.audit.listAuditEvents({ key }), denied);
        await expectFailure(api.audit.listUsage({ keys: [key] }), denied);
        // Nor does it learn whether there is a secret.
        await expectFailure(api.audit.listUsage({ keys: ["ci-payments/NEVER"] }), denied);
      },
      transport,
    );
  });

  test("an issuer that is down stops no one for a while, then no one gets in unchecked", async () => {
    await withService(
      { keysMaxAge: "2h" },
      async (service) => {
        const token = tokenOf({ exp: noon + 4 * 3_600 });
        expect(await slugOf(service.as(token))).toBe("ci-payments");
        issuer.behave({ status: 503, body: "down" });
        service.clock.advance(3_600_000);
        expect(await slugOf(service.as(token))).toBe("ci-payments");
        issuer.behave({ status: 200, body: "<html>maintenance</html>" });
        service.clock.advance(3_600_000);
        await expectFailure(service.as(token).identity.whoAmI({}), unavailable);
        issuer.behave(undefined);
        service.clock.advance(30_000);
        expect(await slugOf(service.as(token))).toBe("ci-payments");
      },
      transport,
    );
  });

  test("an issuer that was never there keeps the service from nothing but its tokens", async () => {
    issuer.behave({ status: 500, body: "" });
    await withService(
      {},
      async (service) => {
        await expectFailure(service.as(tokenOf()).identity.whoAmI({}), unavailable);
        expect(await slugOf(service.admin)).toBe("admin");
      },
      transport,
    );
  });
});

describe("the caller of a JWT", () => {
  test("creates under its own slug, like any user", async () => {
    await withService({}, async (service) => {
      const job = service.as(tokenOf());
      await job.secrets.saveSecrets({ secrets: [{ key: "ci-payments/TOKEN", value: "v" }] });
      const { secrets } = await service.admin.secrets.listSecrets({ keys: ["ci-payments/TOKEN"] });
      expect(secrets).toMatchObject([{ owner: "ci-payments", readers: ["ci-payments"] }]);
      const foreign = job.secrets.saveSecrets({ secrets: [{ key: "ci-billing/TOKEN", value: "v" }] });
      await expectFailure(foreign, { code: "PermissionDenied", reason: "FOREIGN_PREFIX" });
    });
  });

  test("ends 30 seconds after its token, though it was believed a moment ago", async () => {
    await withService({}, async (service) => {
      const job = service.as(tokenOf({ exp: noon + 60 }));
      service.clock.advance(89_500);
      expect(await slugOf(job)).toBe("ci-payments");
      service.clock.advance(499);
      expect(await slugOf(job)).toBe("ci-payments");
      service.clock.advance(1);
      await expectFailure(job.identity.whoAmI({}), unauthenticated);
    });
  });

  test("has no tokens made, and an admin makes none that outlive it, nor an operator", async () => {
    await withService({ adminClaims: "{ level: admin }" }, async (service) => {
      const job = service.as(tokenOf());
      await expectFailure(job.identity.createToken({}), { code: "NotFound", reason: "NOT_FOUND" });
      const admin = service.as(tokenOf({ level: "admin" }));
      expect(await admin.identity.whoAmI({})).toMatchObject({ admin: true, operator: false });
      await admin.identity.saveUsers({ users: [{ slug: "bob" }] });
      const { token } = await admin.identity.createToken({ slug: "bob" });
      expect(token?.expireAt?.seconds).toBe(BigInt(noon + 600));
      for (const wish of [
        { slug: "eve", operator: true },
        { slug: "admin", admin: false },
      ]) {
        await expectFailure(admin.identity.saveUsers({ users: [wish] }), {
          code: "PermissionDenied",
          reason: "OPERATOR_ONLY",
        });
      }
      const elsewhere = admin.identity.listUsers({ tenant: "other" });
      await expectFailure(elsewhere, { code: "PermissionDenied", reason: "OPERATOR_ONLY" });
    });
  });

  test("gets into the tenants of the list only", async () => {
    const fields = { tenant: '"{org}"', tenants: "[acme, umbrella]", claims: '{ sub: "app:{app}", org: "{org}" }' };
    await withService(fields, async (service) => {
      expect(await service.as(tokenOf({ org: "acme" })).identity.whoAmI({})).toMatchObject({ tenant: "acme" });
      for (const org of ["default", "acme-x", "acm", ["acme"], ["acme", "default"]]) {
        await expectFailure(service.as(tokenOf({ org })).identity.whoAmI({}), unauthenticated);
      }
      await service
        .as(tokenOf({ org: "acme" }))
        .secrets.saveSecrets({ secrets: [{ key: "ci-payments/A", value: "v" }] });
      const other = service.as(tokenOf({ org: "umbrella" })).secrets.listSecrets({ keys: ["ci-payments/A"] });
      expect(await other).toMatchObject({ secrets: [], missingKeys: ["ci-payments/A"] });
    });
  });
});

describe("names of an issuer", () => {
  test("are not for users and roles of its tenants", async () => {
    await withService({ tenant: "default" }, async ({ admin }) => {
      const taken = { code: "AlreadyExists", reason: "NAME_TAKEN" } as const;
      const save = (user: object, tenant = "") => admin.identity.saveUsers({ users: [user], tenant });
      await expectFailure(save({ slug: "ci-payments" }), { ...taken, field: "users[0].slug" });
      await expectFailure(save({ slug: "bob", roles: ["x", "ci-team"] }), { ...taken, field: "users[0].roles" });
      await save({ slug: "ci" });
      await save({ slug: "cia-agent", roles: ["city"] });
      await save({ slug: "ci-payments" }, "elsewhere");
    });
  });
});

describe("credentials of both kinds", () => {
  test("threats 46, 49, 52: are one bearer of at most 8 KiB in one header, and nothing else", async () => {
    await withService({}, async ({ url }) => {
      const token = tokenOf();
      const status = async (headers: Record<string, string>, query = "") =>
        (await fetch(`${url}/secret-svc/whoami${query}`, { headers })).status;
      for (const scheme of ["Bearer ", "bearer ", "BEARER  "]) {
        expect(await status({ authorization: scheme + token }), `fault C6: ${scheme}`).toBe(200);
      }
      const big = issuer.sign(claimsOf({ padding: "x".repeat(6_000) }));
      expect(big.length).toBeGreaterThan(8_192);
      for (const authorization of [
        token,
        `Bearer ${token} `.concat("x"),
        `Bearer Bearer ${token}`,
        `JWT ${token}`,
        `Bearer ${token}, Bearer ${token}`,
        `Bearer ${token}=`,
        `Bearer ${token}.${token}`,
        `Bearer ${big}`,
      ]) {
        expect(await status({ authorization }), authorization.slice(0, 20)).toBe(401);
      }
      expect(await status({}, `?access_token=${token}`)).toBe(401);
      expect(await status({ "x-forwarded-user": "admin", "x-user-id": "admin", cookie: `token=${token}` })).toBe(401);
    });
  });

  test("threat 50: are looked at before the body", async () => {
    await withService({}, async ({ url }) => {
      const answer = await fetch(`${url}/secret-svc/secrets`, {
        method: "PUT",
        headers: { authorization: `Bearer ${tokenOf({ exp: noon - 60 })}`, "content-type": "application/json" },
        body: "{not json",
      });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({
        message: "the JWT has expired",
      });
    });
  });

  test("a JWT proves nothing where no issuer is trusted", async () => {
    const service = await startService(rest);
    try {
      await expectFailure(service.as(tokenOf()).identity.whoAmI({}), unauthenticated);
      expect(issuer.asked()).toBe(0);
    } finally {
      await service.stop();
    }
  });
});

test("the service does not start with a file that it does not understand, and says why", async () => {
  const file = issuersFile({ algorithms: "[HS256]" });
  await expect(startProcess({ args: ["--issuers", file] })).rejects.toThrow(
    `secret-svc: error: SECRET_SVC_ISSUERS: ${file}: issuers[0].algorithms must be some of RS256, `,
  );
});
