import { ServerReflection as ReflectionV1 } from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ReflectionV1Alpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type ServedService, serveService } from "../http/call/service.ts";
import { secretSizes } from "../rpc/call-sizes.ts";
import { type GuardOptions, guard } from "../rpc/guard.ts";
import { createReflection } from "../rpc/reflection.ts";
import type { createSecretService } from "../rpc/secret-service.ts";

/** `getSealingKey` needs no token: it returns only the public key. */
export function serveSecrets(
  implementation: ReturnType<typeof createSecretService>,
  options: GuardOptions,
): ServedService {
  const publicMethods = ["getSealingKey"] as const;
  const guarded = guard(SecretService, implementation, { ...options, publicMethods });
  return serveService(SecretService, guarded, { isPublic: false, publicMethods, memory: secretSizes });
}

export function reflectionOf(services: readonly ServedService[]): ServedService[] {
  const { v1, v1alpha } = createReflection(services.map(({ service }) => service));
  return [serveService(ReflectionV1, v1, needsToken), serveService(ReflectionV1Alpha, v1alpha, needsToken)];
}

export const needsToken = { isPublic: false };
