import { type DescMethod, fromBinary, getOption } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { CreateTokenRequestSchema, IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "../../gen/secret/v1/key_service_pb.ts";
import { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { refuse_unknown_fields } from "../../gen/secret/v1/method_options_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";

/** Only these ignore a field that they do not know. What they do with less than was asked for changes nothing. */
const reading: readonly string[] = [
  "ListSecrets",
  "ListVersions",
  "GetSealingKey",
  "DecryptValue",
  "ExplainAccess",
  "WatchSecrets",
  "IsSecure",
  "WhoAmI",
  "ListUsers",
  "ListTokens",
  "GetQuotas",
  "ListKeys",
  "ListAuditEvents",
  "VerifyAudit",
  "ListUsage",
  "ListNames",
  "ListPermits",
  "CompareNamespaces",
  "ListTenants",
  "ListLoginMethods",
  "ListPasskeys",
];

const methods = [SecretService, IdentityService, KeyService, AuditService, LoginService].flatMap(
  ({ methods: each }) => each,
);
const changing = methods.filter(({ name }) => !reading.includes(name));

test("fault C5: in the contract, every method but those that read refuses unknown fields", () => {
  expect(methods.filter((method) => !getOption(method, refuse_unknown_fields)).map(({ name }) => name)).toEqual(
    expect.arrayContaining([...reading]),
  );
  expect(changing.filter((method) => !getOption(method, refuse_unknown_fields)).map(({ name }) => name)).toEqual([]);
  expect(changing.map(({ name }) => name)).toContain("CreateToken");
});

describe("fault C5: a binary request with a field that the contract does not have", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService(connectJson);
  });
  afterAll(() => service.stop());

  const unknown = new BinaryWriter().tag(9999, WireType.LengthDelimited).string("canary").finish();

  async function call(method: DescMethod, body: Uint8Array): Promise<string> {
    const isStream = method.methodKind !== "unary";
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length, 1);
    const response = await fetch(`${service.url}/${method.parent.typeName}/${method.name}`, {
      method: "POST",
      headers: {
        "content-type": isStream ? "application/connect+proto" : "application/proto",
        "connect-protocol-version": "1",
        authorization: `Bearer ${service.admin.token}`,
      },
      body: isStream ? Buffer.concat([head, body]) : Buffer.from(body),
    });
    return Buffer.from(await response.arrayBuffer()).toString("latin1");
  }

  it.each(changing.map((method) => [method.name, method] as const))("is refused by %s", async (_name, method) => {
    const answer = await call(method, unknown);
    expect(answer).toContain('"code":"invalid_argument"');
    expect(answer).toContain("has a field that this version of the service does not know");
    expect(answer).not.toContain("canary");
  });

  it("makes no token, however much of it is known and however deep the field is", async () => {
    const before = await service.admin.identity.listTokens({});
    const slug = new BinaryWriter().tag(1, WireType.LengthDelimited).string("admin").finish();
    const grants = CreateTokenRequestSchema.fields.find(({ name }) => name === "grants")?.number ?? 0;
    const nested = new BinaryWriter().tag(grants, WireType.LengthDelimited).bytes(unknown).finish();
    for (const body of [Buffer.concat([slug, unknown]), Buffer.concat([slug, nested])]) {
      expect(fromBinary(CreateTokenRequestSchema, body).slug).toBe("admin");
      expect(await call(IdentityService.method.createToken, body)).toContain("does not know");
    }
    expect((await service.admin.identity.listTokens({})).tokens).toEqual(before.tokens);
  });

  it("is read by a method that changes nothing", async () => {
    expect(await call(IdentityService.method.listUsers, unknown)).not.toContain("invalid_argument");
  });
});
