import type { Secret } from "../../../gen/secret/v1/secret_service_pb.ts";
import { SecretState } from "../../../gen/secret/v1/secret_service_pb.ts";
import { forAccessLists } from "../../text/access-list-names.ts";
import { textOf } from "../../text/secret-value.ts";
import { spelling } from "../print/states.ts";
import { timeText } from "../print/timestamp.ts";

/** The fields of a secret, with the names and the order of the contract's JSON; `value` only when there is one,
 * and `valueBytes` in base64 for one that is bytes. */
export function toSecretJson(secret: Secret) {
  return {
    id: secret.id,
    key: secret.key,
    value: secret.value,
    valueBytes: secret.valueBytes === undefined ? undefined : textOf(secret.valueBytes),
    ...forAccessLists((name) => secret[name]),
    metadata: secret.metadata,
    version: secret.version,
    owner: secret.owner,
    createdAt: timeText(secret.createdAt),
    createdBy: secret.createdBy,
    updatedAt: timeText(secret.updatedAt),
    updatedBy: secret.updatedBy,
    valueChangedAt: timeText(secret.valueChangedAt),
    expireAt: timeText(secret.expireAt),
    state: spelling(SecretState, secret.state),
    rights: secret.rights,
  };
}
