import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ListSecretsRequestSchema, SaveSecretsRequestSchema, SecretView } from "../gen/secret/v1/secret_service_pb.ts";
import type { HttpCall } from "./http-load.ts";
import type { CallsOf, Operation } from "./operations.ts";
import { listedNamespace, listedSecrets, pageSize, secretKey, writtenKey } from "./secret.ts";

/** The headers of REST calls with a token. */
export function serviceHeaders(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, "content-type": "application/json" };
}

const path = "/secret-svc/secrets";

/** `operation` over REST. */
export const restCallsOf: CallsOf<HttpCall> = (operation, connection, values) =>
  operation === "write"
    ? values.map((value) => restCall("PUT", { secrets: [{ key: writtenKey(connection), value }] }))
    : [restCall("POST", reads[operation])];

function restCall(method: HttpCall["method"], body: object): HttpCall {
  return { method, path, body: JSON.stringify(body) };
}

const reads = {
  read: { keys: [secretKey] },
  page: { namespace: listedNamespace, pageSize, view: "SECRET_VIEW_METADATA" },
  keys: { namespace: listedNamespace, pageSize: listedSecrets, view: "SECRET_VIEW_KEYS" },
};

/** The path of the gRPC method for `operation`. */
export function grpcPathOf(operation: Operation): string {
  return `/secret.v1.SecretService/${operation === "write" ? "SaveSecrets" : "ListSecrets"}`;
}

/** `operation` over gRPC: the encoded messages. */
export const grpcMessagesOf: CallsOf<Uint8Array> = (operation, slot, values) => {
  if (operation === "write") {
    return values.map((value) =>
      toBinary(
        SaveSecretsRequestSchema,
        create(SaveSecretsRequestSchema, { secrets: [{ key: writtenKey(slot), value }] }),
      ),
    );
  }
  return [toBinary(ListSecretsRequestSchema, create(ListSecretsRequestSchema, grpcReads[operation]))];
};

const grpcReads: Record<Exclude<Operation, "write">, MessageInitShape<typeof ListSecretsRequestSchema>> = {
  read: { keys: [secretKey] },
  page: { namespace: listedNamespace, pageSize, view: SecretView.METADATA },
  keys: { namespace: listedNamespace, pageSize: listedSecrets, view: SecretView.KEYS },
};
