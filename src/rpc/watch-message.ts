import type { MessageInitShape } from "@bufbuild/protobuf";
import { SecretChangeKind, type WatchSecretsResponseSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { showSecret } from "../secrets/list-collection.ts";
import type { WatchedChange } from "../secrets/track-changes.ts";
import type { WatchMessage } from "../secrets/watch-secrets.ts";
import { toWireDocument } from "./list-response/secret-message.ts";

const kinds: Record<WatchedChange["kind"], SecretChangeKind> = {
  appeared: SecretChangeKind.APPEARED,
  updated: SecretChangeKind.UPDATED,
  gone: SecretChangeKind.GONE,
};

/** A message of a watch as a protobuf message, with the state of the secret at `nowMs`. */
export function toWatchResponse(
  { change, resumeToken }: WatchMessage,
  nowMs: number,
): MessageInitShape<typeof WatchSecretsResponseSchema> {
  if (change === undefined) return { resumeToken };
  const { kind, key, id, secret, rights } = change;
  const shown = secret === undefined ? {} : { secret: toWireDocument(showSecret(secret, rights, nowMs)) };
  return { change: { kind: kinds[kind], key, id, ...shown }, resumeToken };
}
