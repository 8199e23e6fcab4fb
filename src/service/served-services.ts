import { ServerReflection as ReflectionV1 } from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ReflectionV1Alpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type ServedService, serveService } from "../http/call/service.ts";
import { type createLoginService, publicLoginMethods } from "../login/login-service.ts";
import { ancestorForms } from "../rpc/ancestor-forms.ts";
import { secretSizes } from "../rpc/call-sizes.ts";
import { type GuardOptions, guard } from "../rpc/guard.ts";
import { createReflection } from "../rpc/reflection.ts";
import type { createSecretService } from "../rpc/secret-service.ts";

/**
 * `getSealingKey` needs no token: it returns only the public key. `toAncestors`: REST paths have the ancestor's form.
 */
export function serveSecrets(
  implementation: ReturnType<typeof createSecretService>,
  options: GuardOptions,
  toAncestors: boolean,
): ServedService {
  const publicMethods = ["getSealingKey"] as const;
  const restForms = toAncestors ? ancestorForms : undefined;
  const guarded = guard(SecretService, implementation, { ...options, publicMethods });
  return serveService(SecretService, guarded, { isPublic: false, publicMethods, memory: secretSizes, restForms });
}

/** People who sign in have no token yet. */
export function serveLogins(
  implementation: ReturnType<typeof createLoginService>,
  options: GuardOptions,
): ServedService {
  const publicMethods = publicLoginMethods;
  const guarded = guard(LoginService, implementation, { ...options, publicMethods });
  return serveService(LoginService, guarded, { isPublic: false, publicMethods });
}

export function reflectionOf(services: readonly ServedService[]): ServedService[] {
  const { v1, v1alpha } = createReflection(services.map(({ service }) => service));
  return [serveService(ReflectionV1, v1, needsToken), serveService(ReflectionV1Alpha, v1alpha, needsToken)];
}

export const needsToken = { isPublic: false };
