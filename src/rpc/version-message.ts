import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { expireAtOf, stateOf } from "../rules/state.ts";
import type { ShownVersion, VersionsAnswer } from "../secrets/list-versions.ts";
import { toWireDocument } from "./list-response/secret-message.ts";

/** A response to ListVersions as a message. The state of each version is the one at `nowMs`. */
export function toVersionsMessage({ versions, errors }: VersionsAnswer, nowMs: number) {
  return {
    versions: versions.map((version) => toVersionMessage(version, nowMs)),
    brokenVersions: errors.map(({ version }) => version),
  };
}

const outcomes: Readonly<Record<ShownVersion["outcome"], SaveOutcome>> = {
  created: SaveOutcome.CREATED,
  updated: SaveOutcome.UPDATED,
  removed: SaveOutcome.REMOVED,
};

function toVersionMessage({ secret, value, outcome, changedFields, listChanges }: ShownVersion, nowMs: number) {
  const expireAtMs = expireAtOf(secret.metadata);
  const state = stateOf(secret.metadata, secret.valueChangedAtMs, nowMs, expireAtMs);
  return {
    secret: toWireDocument({ secret, value, state, expireAtMs, rights: [] }),
    outcome: outcomes[outcome],
    changedFields: [...changedFields],
    listChanges: listChanges.map(({ list, added, removed }) => ({ list, added: [...added], removed: [...removed] })),
  };
}
