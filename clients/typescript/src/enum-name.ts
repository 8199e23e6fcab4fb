import type { DescEnum } from "@bufbuild/protobuf";
import { type Reason, ReasonSchema } from "./gen/secret/v1/error_pb.ts";
import {
  type SaveOutcome,
  SaveOutcomeSchema,
  type SecretState,
  SecretStateSchema,
} from "./gen/secret/v1/secret_service_pb.ts";

/** `REASON_NOT_FOUND` and the like. A reason that is newer than this client has only its number. */
export function nameOfReason(reason: Reason): string {
  return nameOf(ReasonSchema, reason);
}

/** `SAVE_OUTCOME_CREATED` and the like. */
export function nameOfOutcome(outcome: SaveOutcome): string {
  return nameOf(SaveOutcomeSchema, outcome);
}

/** `SECRET_STATE_ACTIVE` and the like. */
export function nameOfState(state: SecretState): string {
  return nameOf(SecretStateSchema, state);
}

function nameOf({ typeName, value }: DescEnum, number: number): string {
  return value[number]?.name ?? `${typeName} ${number}`;
}
