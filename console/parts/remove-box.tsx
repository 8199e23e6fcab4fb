import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Secret } from "../../gen/secret/v1/secret_service_pb.ts";
import { viewer } from "../account.ts";
import { problemFrom, secretService } from "../api.ts";
import { whyNot } from "../model/rights.ts";
import { lastPart } from "../model/tree.ts";
import type { Problem } from "../model/words.ts";
import { goTo, links } from "../route.ts";
import { useReads } from "./last-reads.tsx";
import { ProblemNote, say } from "./note.tsx";
import { Bdi, Time } from "./text.tsx";

/** Removing asks in place. No key does it, and it can be undone for 30 days. */
export function RemoveBox({ secret }: { secret: Secret }) {
  const isAsking = useSignal(false);
  const refusal = whyNot(secret, "delete", viewer.value);
  return (
    <section aria-label="Remove">
      {isAsking.value ? (
        <Question secret={secret} onCancel={() => (isAsking.value = false)} />
      ) : (
        <button
          type="button"
          class="danger"
          aria-disabled={refusal !== undefined}
          title={refusal}
          onClick={() => {
            if (refusal === undefined) isAsking.value = true;
          }}
        >
          Remove…
        </button>
      )}
    </section>
  );
}

function Question({ secret: { key, version, ...rest }, onCancel }: { secret: Secret; onCancel: () => void }) {
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const usage = useReads({ key, version, ...rest });
  const last = usage?.readers[0];
  const box = useRef<HTMLFieldSetElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    keep.current?.focus();
    box.current?.scrollIntoView({ block: "nearest" });
  }, [usage]);
  const remove = async () => {
    setBusy(true);
    try {
      // A batch and not RemoveSecrets, which cannot be bound to the version that the person saw.
      await secretService.saveSecrets({ remove: [{ key, ifVersion: version }], idempotencyKey });
      say(`${lastPart(key)} was removed. “Removed” in the list brings it back for 30 days.`);
      goTo(links.secrets);
    } catch (error) {
      setProblem(problemFrom(error));
      setBusy(false);
    }
  };
  return (
    <fieldset ref={box} class="note bad confirm" aria-label="Confirm the removal">
      <div class="grow">
        {problem !== undefined && <ProblemNote problem={problem} />}
        <p>
          It can be brought back for 30 days.{" "}
          {last !== undefined && (
            <>
              <b>
                <Bdi text={last.slug} />
              </b>{" "}
              read it <Time at={last.lastReadAt} />.
            </>
          )}
        </p>
        <div class="row">
          <button type="button" class="danger" disabled={isBusy} onClick={() => void remove()}>
            Remove {lastPart(key)}
          </button>
          <button type="button" ref={keep} onClick={onCancel}>
            Keep it
          </button>
        </div>
      </div>
    </fieldset>
  );
}
