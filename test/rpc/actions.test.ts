import { expect, test } from "vitest";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "../../gen/secret/v1/key_service_pb.ts";
import { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { actionOf, actions } from "../../src/rpc/actions.ts";

const methods = [SecretService, IdentityService, AuditService, KeyService, LoginService].flatMap(({ methods }) =>
  methods.map(({ localName }) => localName),
);

test("fault C12: each method of the contract has a name of its own in the audit log, and nothing else has one", () => {
  expect(Object.keys(actions).sort()).toEqual([...methods].sort());
  for (const method of methods)
    expect(actionOf(method, {})).toMatch(
      /^(secret|user|permit|team|token|audit|key|quota|tenant|login|session|passkey)\.[a-z]+(-[a-z]+)*$/,
    );
  expect(new Set(methods.map((method) => actionOf(method, {}))).size).toBe(methods.length);
});

test("a plan is not recorded as a save, and nothing else is recorded as a plan", () => {
  const planned = methods.filter((method) => actionOf(method, { validateOnly: true }) === "secret.plan");
  expect(planned).toEqual(["saveSecrets"]);
  for (const request of [{ validateOnly: false }, {}, null, undefined, "validateOnly"]) {
    expect(actionOf("saveSecrets", request)).toBe("secret.save");
  }
});
