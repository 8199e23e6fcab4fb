/**
 * Definitions of the services for `@grpc/grpc-js`, from the same descriptors. Used with its `makeClientConstructor`.
 */
import { type DescMethod, type DescService, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { MethodDefinition } from "@grpc/grpc-js";
import { AuditService } from "./gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "./gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "./gen/secret/v1/key_service_pb.ts";
import { SecretService } from "./gen/secret/v1/secret_service_pb.ts";

/** A method of a descriptor as grpc-js wants it. Messages are made with `create` of `@bufbuild/protobuf`. */
export type GrpcMethod<Method extends DescMethod> = MethodDefinition<
  MessageShape<Method["input"]>,
  MessageShape<Method["output"]>
>;

/** A service of a descriptor as grpc-js wants it. */
export type GrpcService<Service extends DescService> = {
  readonly [name in keyof Service["method"]]: GrpcMethod<Service["method"][name]>;
};

/** Makes the definition of a service. */
export function defineGrpcService<Service extends DescService>(service: Service): GrpcService<Service> {
  const methods = service.methods.map((method) => [method.localName, defineMethod(method)]);
  return Object.fromEntries(methods) as GrpcService<Service>;
}

function defineMethod<Method extends DescMethod>(method: Method): GrpcMethod<Method> {
  const { input, output }: { input: Method["input"]; output: Method["output"] } = method;
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    originalName: method.localName,
    requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
    responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
    requestSerialize: (message) => Buffer.from(toBinary(input, message)),
    requestDeserialize: (bytes) => fromBinary(input, bytes),
    responseSerialize: (message) => Buffer.from(toBinary(output, message)),
    responseDeserialize: (bytes) => fromBinary(output, bytes),
  };
}

export const auditService = defineGrpcService(AuditService);
export const identityService = defineGrpcService(IdentityService);
export const keyService = defineGrpcService(KeyService);
export const secretService = defineGrpcService(SecretService);
