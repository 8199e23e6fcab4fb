import { useEffect, useState } from "preact/hooks";
import type { KeyUsage } from "../../gen/secret/v1/audit_service_pb.ts";
import type { Secret } from "../../gen/secret/v1/secret_service_pb.ts";
import { viewer } from "../account.ts";
import { may } from "../model/rights.ts";
import { countOf } from "../model/words.ts";
import { links } from "../route.ts";
import { readCount } from "../value.ts";
import { Bdi, Time } from "./text.tsx";

/** Whether the service would say who has read it. It decides; this only spares a refused call. */
function maySeeReads(secret: Secret): boolean {
  const { admin, slug, isNarrowed } = viewer.value;
  if (isNarrowed) return false;
  return admin || may(secret, "write") || (secret.owner === slug && secret.rights.length > 0);
}

/** The last reads of a secret. Undefined: not loaded, or not to be seen by this viewer. */
export function useReads(secret: Secret | undefined): KeyUsage | undefined {
  const [usage, setUsage] = useState<KeyUsage | undefined>(undefined);
  const isSeen = secret !== undefined && maySeeReads(secret);
  useEffect(() => {
    if (!isSeen) return;
    import("../audit-api.ts")
      .then(({ auditService }) => auditService.listUsage({ keys: [secret.key] }))
      .then(({ usage: [found] }) => setUsage(found))
      .catch(() => undefined);
  }, [secret?.key, secret?.version, isSeen, readCount.value]);
  return usage;
}

const readersShown = 5;

export function LastReads({ secret }: { secret: Secret }) {
  const usage = useReads(secret);
  if (!maySeeReads(secret)) return null;
  const readers = usage?.readers ?? [];
  return (
    <section aria-labelledby="reads-title">
      <h2 id="reads-title">Last reads</h2>
      {usage !== undefined && readers.length === 0 && (
        <p class="muted">No one has read it, as far as records are retained.</p>
      )}
      {readers.length > 0 && (
        <ul class="history">
          {readers.slice(0, readersShown).map(({ slug, lastReadAt, version, reads }) => (
            <li key={slug}>
              <span class="grow">
                <b>
                  <Bdi text={slug} />
                </b>{" "}
                <span class="muted">
                  <Time at={lastReadAt} /> · version {version} · {countOf(reads, "read")}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <p class="hint">
        <a href={links.audit(secret.key)}>All records of this key</a>
      </p>
    </section>
  );
}
