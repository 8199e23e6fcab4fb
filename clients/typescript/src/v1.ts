/**
 * The whole contract as generated code, for calls that the client does not wrap: use it with `createClient` of Connect
 * and the `transport` of a client.
 */
export * from "./gen/secret/v1/audit_service_pb.ts";
export * from "./gen/secret/v1/error_pb.ts";
export * from "./gen/secret/v1/identity_service_pb.ts";
export * from "./gen/secret/v1/key_service_pb.ts";
export * from "./gen/secret/v1/secret_service_pb.ts";
