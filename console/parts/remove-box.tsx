import { useState } from "preact/hooks";
import type { Secret } from "../../gen/secret/v1/secret_service_pb.ts";
import { viewer } from "../account.ts";
import { secretService } from "../api.ts";
import { fewInWords } from "../model/gains.ts";
import { whyNot } from "../model/rights.ts";
import { lastPart } from "../model/tree.ts";
import { goTo, links } from "../route.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { useReads } from "./last-reads.tsx";
import { ProblemNote, say } from "./note.tsx";
import { Bdi, Time } from "./text.tsx";
import { useAttempt } from "./use-attempt.ts";

/** Removing asks in place. No key does it, and it can be undone for 30 days. */
export function RemoveBox({ secret }: { secret: Secret }) {
  const { key, version } = secret;
  const refusal = whyNot(secret, "delete", viewer.value);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const { isBusy, problem, attempt } = useAttempt();
  const remove = async () => {
    // A batch and not RemoveSecrets, which cannot be bound to the version that the person saw.
    await secretService.saveSecrets({ remove: [{ key, ifVersion: version }], idempotencyKey });
    say(`${lastPart(key)} was removed. “Removed” in the list brings it back for 30 days.`);
    goTo(links.secrets);
  };
  return (
    <section aria-label="Remove">
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      <ConfirmButton
        word="Remove"
        sure={`Remove ${lastPart(key)}`}
        refusal={refusal}
        isBusy={isBusy.value}
        onConfirm={() => void attempt(remove)}
      >
        <h2>Remove {lastPart(key)}?</h2>
        <Consequences secret={secret} />
      </ConfirmButton>
      {refusal !== undefined && <p class="hint">{refusal}</p>}
    </section>
  );
}

const readersShown = 5;

/** What goes with it: who else still reads it. */
function Consequences({ secret }: { secret: Secret }) {
  const usage = useReads(secret);
  const others = usage?.readers.filter(({ slug }) => slug !== viewer.value.slug) ?? [];
  return (
    <p>
      It can be brought back for 30 days.{" "}
      {usage !== undefined && others.length === 0 && "No one else has read it, as far as records are retained."}
      {others.length > 0 && (
        <>
          <b>
            <Bdi
              text={fewInWords(
                others.map(({ slug }) => slug),
                readersShown,
              )}
            />
          </b>{" "}
          read it, last <Time at={others[0]?.lastReadAt} />.
        </>
      )}
    </p>
  );
}
