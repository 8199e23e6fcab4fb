import { type KeyService, KeyState, SealingKeyState } from "../../gen/secret/v1/key_service_pb.ts";
import {
  destroySealingKey,
  type KeyContext,
  type KeyListing,
  listKeys,
  rotateKeys,
  type KeyState as State,
} from "../rotation/manage-keys.ts";
import type { RotationState } from "../rotation/rotation.ts";
import type { GuardedImpl } from "./guarded-impl.ts";
import { toTimestamp } from "./wire/timestamp.ts";

/** Translates KeyService between the contract and the domain, and decides nothing. */
export function createKeyService(context: KeyContext): GuardedImpl<typeof KeyService> {
  return {
    async listKeys(_request, call) {
      const { keys, processes, rotation } = await listKeys(context, call);
      return {
        ...(rotation === undefined ? {} : { rotation: toWireRotation(rotation) }),
        keys: keys.map(toWireKey),
        processes: processes.map(({ id, kids }) => ({ id, activeKid: kids[0] ?? "", kids: [...kids] })),
      };
    },
    async *rotateKeys({ rowsPerSecond, forgetAnswers }, call, signal) {
      for await (const progress of rotateKeys(context, call, { rowsPerSecond, forgetAnswers }, signal)) {
        const { unusedKids, neededKids } = progress;
        yield { ...progress, unusedKids: [...unusedKids], neededKids: [...neededKids] };
      }
    },
    async destroySealingKey({ kid }, call) {
      await destroySealingKey(context, call, kid);
      return {};
    },
  };
}

const states: Readonly<Record<State, KeyState>> = {
  active: KeyState.ACTIVE,
  needed: KeyState.NEEDED,
  unused: KeyState.UNUSED,
  dropped: KeyState.DROPPED,
  missing: KeyState.MISSING,
};

const sealingStates: Readonly<Record<KeyListing["sealing"], SealingKeyState>> = {
  none: SealingKeyState.UNSPECIFIED,
  kept: SealingKeyState.KEPT,
  destroyed: SealingKeyState.DESTROYED,
};

function toWireRotation({ startedAtMs, ...rotation }: RotationState) {
  return { ...rotation, startedAt: toTimestamp(startedAtMs) };
}

function toWireKey({ kid, state, addedAtMs, uses, sealing }: KeyListing) {
  const { secrets, history, users, tokens, idempotency, auditKeys, sealingKeys } = uses;
  return {
    kid,
    state: states[state],
    ...(addedAtMs === undefined ? {} : { addedAt: toTimestamp(addedAtMs) }),
    ...{ secrets, versions: history, users, tokens, answers: idempotency, auditKeys, sealingKeys },
    sealing: sealingStates[sealing],
  };
}
