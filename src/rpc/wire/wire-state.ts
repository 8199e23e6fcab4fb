import { SecretState } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { SecretState as State } from "../../rules/state.ts";

/** The state of a secret, as the contract names it. */
export const wireStates: Record<State, SecretState> = {
  active: SecretState.ACTIVE,
  expiring: SecretState.EXPIRING,
  expired: SecretState.EXPIRED,
  "rotation-due": SecretState.ROTATION_DUE,
};
