import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { type ListVersionsResponse, SaveOutcome, type SecretVersion } from "../../gen/secret/v1/secret_service_pb.ts";
import { problemFrom, secretService } from "../api.ts";
import { fieldInWords, type Problem } from "../model/words.ts";
import { ActButton } from "./act-button.tsx";
import { NameChanges } from "./name-changes.tsx";
import { Note, ProblemNote, Skeleton, say } from "./note.tsx";
import { Bdi, Time } from "./text.tsx";

interface HistoryProps {
  readonly secretKey: string;
  /** The version that the secret is at; 0: it is removed. */
  readonly version: number;
  /** Why the viewer may not restore. */
  readonly refusal: string | undefined;
}

/** What changed from version to version, without values. Restoring makes an old value the newest one. */
export function History({ secretKey: key, version, refusal }: HistoryProps) {
  const [found, setFound] = useState<ListVersionsResponse | Problem | undefined>(undefined);
  const asking = useSignal<number | undefined>(undefined);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    secretService.listVersions({ key }).then(setFound, (error: unknown) => setFound(problemFrom(error)));
  }, [key, version, again]);
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">History</h2>
      {found === undefined && <Skeleton rows={3} />}
      {found !== undefined && "sentence" in found && <ProblemNote problem={found} retry={() => setAgain(again + 1)} />}
      {found !== undefined && "versions" in found && (
        <>
          {found.brokenVersions.length > 0 && (
            <Note kind="bad">
              {found.brokenVersions.length === 1 ? "Version" : "Versions"} {found.brokenVersions.join(", ")}: the stored
              document does not verify.
            </Note>
          )}
          <ol class="history">
            {found.versions.map((each, at) => {
              const number = each.secret?.version ?? 0;
              const isOffered = (at > 0 || version === 0) && each.outcome !== SaveOutcome.REMOVED;
              return (
                <li key={number}>
                  <span class="n">{number}</span>
                  <Change version={each} />
                  {isOffered && asking.value !== number && (
                    <ActButton refusal={refusal} onClick={() => (asking.value = number)}>
                      {version === 0 ? "Restore…" : "Restore the value…"}
                      <span class="sr"> version {number}</span>
                    </ActButton>
                  )}
                  {asking.value === number && (
                    <RestoreBox
                      secretKey={key}
                      restored={number}
                      version={version}
                      onDone={() => (asking.value = undefined)}
                    />
                  )}
                </li>
              );
            })}
          </ol>
        </>
      )}
    </section>
  );
}

const outcomes: Readonly<Partial<Record<SaveOutcome, string>>> = {
  [SaveOutcome.CREATED]: "Created",
  [SaveOutcome.REMOVED]: "Removed",
};

function Change({ version: { secret, outcome, changedFields, listChanges } }: { version: SecretVersion }) {
  const word = outcomes[outcome];
  const fields =
    word === undefined ? changedFields.filter((field) => !listChanges.some(({ list }) => list === field)) : [];
  return (
    <span class="grow">
      {word !== undefined && <b>{word} </b>}
      {fields.length > 0 && <b>{fields.map(fieldInWords).join(", ")} </b>}
      {word === undefined && fields.length === 0 && listChanges.length === 0 && <b>Changed </b>}
      {word === undefined &&
        listChanges.map(({ list, added, removed }) => (
          <span key={list}>
            <b>{fieldInWords(list)}</b> <NameChanges added={added} removed={removed} />
          </span>
        ))}
      <span class="muted">
        by <Bdi text={secret?.updatedBy ?? ""} /> · <Time at={secret?.updatedAt} />
      </span>
    </span>
  );
}

interface RestoreBoxProps {
  readonly secretKey: string;
  readonly restored: number;
  readonly version: number;
  readonly onDone: () => void;
}

function RestoreBox({ secretKey: key, restored, version, onDone }: RestoreBoxProps) {
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const restore = async () => {
    setBusy(true);
    try {
      const { result } = await secretService.restoreVersion({
        key,
        version: restored,
        ifVersion: version,
        idempotencyKey,
      });
      const isSame = result?.outcome === SaveOutcome.UNCHANGED;
      say(isSame ? "It already has that value." : `The value of version ${restored} is the newest one again.`);
      onDone();
    } catch (error) {
      setProblem(problemFrom(error));
      setBusy(false);
    }
  };
  return (
    <span class="row">
      {problem !== undefined && <ProblemNote problem={problem} />}
      <span>
        {version === 0
          ? "Bring it back with this value and metadata?"
          : "Only the value becomes that of this version. Metadata and access stay as they are now."}
      </span>
      <button type="button" class="first" disabled={isBusy} onClick={() => void restore()}>
        Restore version {restored}
      </button>
      <button type="button" onClick={onDone}>
        Cancel
      </button>
    </span>
  );
}
