import type { Secret } from "../../gen/secret/v1/secret_service_pb.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import { relative, rotationDay } from "../model/time.ts";
import { serviceNow } from "../session.ts";
import { Bdi, msOf } from "./text.tsx";

/** The metadata, and what its two special names mean for this secret. */
export function MetadataList({ secret }: { secret: Secret }) {
  const pairs = Object.entries(secret.metadata).sort(([a], [b]) => compareBytes(a, b));
  if (pairs.length === 0) return null;
  const ends = msOf(secret.expireAt);
  const changed = msOf(secret.valueChangedAt);
  return (
    <section aria-labelledby="metadata-title">
      <h2 id="metadata-title">Metadata</h2>
      <dl class="pairs">
        {pairs.map(([name, value]) => (
          <div key={name}>
            <dt>
              <Bdi text={name} />
            </dt>
            <dd>
              <Bdi text={value} />
              {name === "expires" && ends !== undefined && <span class="muted"> · {relative(ends, serviceNow())}</span>}
              {name === "rotation_interval" && changed !== undefined && (
                <span class="muted"> · rotation due {rotationDay(changed, value)}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
