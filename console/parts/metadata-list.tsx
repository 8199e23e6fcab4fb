import type { Secret } from "../../gen/secret/v1/secret_service_pb.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import { endWords } from "../model/expiry.ts";
import { exact, relative, rotationMs } from "../model/time.ts";
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
              <Bdi text={name === "expires" && ends !== undefined ? endWords(ends) : value} />
              {name === "expires" && ends !== undefined && (
                <span class="muted whole"> · {relative(ends, serviceNow())}</span>
              )}
              {name === "rotation_interval" && changed !== undefined && (
                <Rotation at={rotationMs(changed, value)} ends={ends} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** When the rotation is due, and whether the secret expires before that. */
function Rotation({ at, ends = Number.POSITIVE_INFINITY }: { at: number; ends: number | undefined }) {
  return (
    <>
      <span class="muted"> · rotation due {exact(at).slice(0, 10)}</span>
      {ends < at && <div class="stale small">It expires before its rotation is due.</div>}
    </>
  );
}
