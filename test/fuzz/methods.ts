import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import fc from "fast-check";
import { http } from "../../gen/google/api/annotations_pb.ts";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "../../gen/secret/v1/key_service_pb.ts";
import { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";

/** A call with any body. */
export interface Sent {
  readonly method: DescMethod;
  readonly bytes: Uint8Array;
}

/**
 * All unary methods. A rotation works on after its call, so it is left out: everything else would be measured together
 * with it.
 */
export const methods: readonly DescMethod[] = [SecretService, IdentityService, AuditService, KeyService, LoginService]
  .flatMap((service): readonly DescMethod[] => service.methods)
  .filter((method) => method.methodKind === "unary");
export const pathOf = (method: DescMethod) => `/${method.parent.typeName}/${method.name}`;

/** Verb and path of a method over REST, where it has them. */
export function restOf(method: DescMethod): { readonly verb: string; readonly path: string } | undefined {
  if (!hasOption(method, http)) return undefined;
  const { pattern } = getOption(method, http);
  if (pattern.case === undefined || pattern.case === "custom") return undefined;
  return { verb: pattern.case.toUpperCase(), path: pattern.value };
}

export const anyMethod = fc.constantFrom(...methods);
