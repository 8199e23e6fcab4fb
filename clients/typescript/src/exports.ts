/** What both entries export. */
export { Code } from "@connectrpc/connect";
export type { ServiceClient } from "./client.ts";
export { nameOfOutcome, nameOfReason, nameOfState } from "./enum-name.ts";
export { type ErrorDetail, errorFromCall, SecretServiceError } from "./errors.ts";
export { Reason } from "./gen/secret/v1/error_pb.ts";
export { SaveOutcome, SecretChangeKind, SecretState, SecretView } from "./gen/secret/v1/secret_service_pb.ts";
export type { Filter, SaveOptions } from "./requests.ts";
export { SealingKey, type SealingKeyFields } from "./sealing.ts";
export type {
  ListChange,
  Removal,
  RemovedSecret,
  SaveResult,
  Secret,
  SecretChange,
  SecretFields,
  SecretInput,
} from "./secret.ts";
export { Value } from "./value.ts";
export type { WatchEvent, WatchOptions } from "./watch.ts";
