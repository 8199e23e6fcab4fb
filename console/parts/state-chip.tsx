import { type Secret, SecretState } from "../../gen/secret/v1/secret_service_pb.ts";
import { lengthOf, relative } from "../model/time.ts";
import { serviceNow } from "../session.ts";
import { stateOf } from "../store.ts";
import { msOf } from "./text.tsx";

/** What is due for a secret. Nothing when nothing is. */
export function StateChip({ secret }: { secret: Secret }) {
  const state = stateOf(secret, serviceNow());
  const ends = msOf(secret.expireAt);
  if (state === SecretState.EXPIRED) {
    return (
      <span class="chip bad">
        Expired<span class="how-long"> {relative(ends ?? 0, serviceNow())}</span>
      </span>
    );
  }
  if (state === SecretState.ROTATION_DUE) return <span class="chip info">Rotation due</span>;
  if (state !== SecretState.EXPIRING || ends === undefined) return null;
  return (
    <span class="chip warn">
      Expiring<span class="how-long"> in {lengthOf(ends - serviceNow())}</span>
    </span>
  );
}
