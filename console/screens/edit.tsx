import { useEffect, useRef, useState } from "preact/hooks";
import { SaveOutcome, type SaveResult, type Secret } from "../../gen/secret/v1/secret_service_pb.ts";
import type { AccessListName } from "../../src/text/access-list-names.ts";
import { viewer } from "../account.ts";
import { problemFrom, secretService } from "../api.ts";
import { type Delta, deltaOf, isEmpty } from "../model/delta.ts";
import { differencesOf } from "../model/differences.ts";
import { type Draft, draftOf, type Lists, namesIn, noLists, withName, withReaders } from "../model/lists.ts";
import { mergeDrafts } from "../model/merge.ts";
import { may, mayChangeList } from "../model/rights.ts";
import { type Problem, problemOfOne, problemOfSave } from "../model/words.ts";
import { AccessGrid, creatorHint } from "../parts/access-grid.tsx";
import { Changes } from "../parts/changes.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { KeyField } from "../parts/key-field.tsx";
import { MetadataFields } from "../parts/metadata-fields.tsx";
import { NamePicker, takeTyped } from "../parts/name-picker.tsx";
import { Note, ProblemNote, say } from "../parts/note.tsx";
import { StaleNote } from "../parts/stale-note.tsx";
import { Key, msOf } from "../parts/text.tsx";
import { ValueField } from "../parts/value-field.tsx";
import { goTo, links } from "../route.ts";
import { findSecret } from "../store.ts";

/** Where the dialog is. Only what was reviewed can be saved: nothing can be typed before it is `editing` again. */
type Phase =
  | { readonly kind: "editing" }
  /** It was to be reviewed, and nothing differs from what is stored. */
  | { readonly kind: "same" }
  | { readonly kind: "planning" }
  | Reviewed
  | (Omit<Reviewed, "kind"> & { readonly kind: "saving" });

interface Reviewed {
  readonly kind: "reviewed";
  readonly plan: SaveResult;
  readonly input: Input;
  /** It was sent, and no one has said whether it was stored. */
  readonly isUnsure: boolean;
}

interface Input extends Delta {
  readonly key: string;
  readonly value?: string;
  readonly ifVersion: number;
}

const nothing: Draft = { lists: noLists, metadata: [] };

/** Changes a secret, or makes one. Without a secret it asks for the key. */
export function EditDialog({ secret, onClose }: { secret?: Secret; onClose: () => void }) {
  const me = viewer.value;
  const [begun, setBegun] = useState({
    version: secret?.version ?? 0,
    valueMs: msOf(secret?.valueChangedAt),
    draft: secret === undefined ? nothing : draftOf(secret),
  });
  const [draft, setDraft] = useState(begun.draft);
  const [phase, setPhase] = useState<Phase>({ kind: "editing" });
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [conflicts, setConflicts] = useState<readonly string[]>([]);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const isTyped = useRef(false);
  const isShown = useRef(true);
  /** Counts what changed the fields, so that a plan that comes late is not taken for one of what is in them by then. */
  const inputCount = useRef(0);
  const value = useRef<HTMLTextAreaElement>(null);
  const keyField = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const reviewed = useRef<HTMLDivElement>(null);

  const newer = secret === undefined ? undefined : findSecret(secret.key);
  // It may have been stored although no answer came. Then the newer version may be this one, and repeating it shows
  // which.
  const isUnsure = "isUnsure" in phase && phase.isUnsure;
  // While it is being sent, a newer version is most likely this one.
  const isStale = newer !== undefined && newer.version > begun.version && !isUnsure && phase.kind !== "saving";
  const hasNewValue = newer !== undefined && msOf(newer.valueChangedAt) !== begun.valueMs;
  const bothChangedValue = () => hasNewValue && (value.current?.value ?? "") !== "";
  const theirs = isStale ? differencesOf(begun.draft, draftOf(newer)) : undefined;
  const isGone = secret !== undefined && newer === undefined;
  const mayWrite = secret === undefined || may(secret, "write");
  const isReviewed = phase.kind === "reviewed" || phase.kind === "saving";

  const touch = () => {
    isTyped.current = true;
    inputCount.current += 1;
    if (phase.kind !== "editing") setPhase({ kind: "editing" });
    if (problem !== undefined) setProblem(undefined);
  };
  const edit = (next: Draft) => {
    touch();
    setDraft(next);
  };
  const setName = (list: AccessListName, name: string, isIn: boolean) =>
    edit({ ...draft, lists: withName(draft.lists, list, name, isIn) });

  const read = (lists: Lists): Input => {
    const typed = value.current?.value ?? "";
    const metadata = draft.metadata.filter(([name, text]) => name !== "" || text !== "");
    return {
      key: secret?.key ?? keyField.current?.value.trim() ?? "",
      ...(typed === "" ? {} : { value: typed }),
      ...deltaOf(begun.draft, { lists, metadata }),
      ifVersion: begun.version,
    };
  };
  const review = async () => {
    const lists = takeTyped(picker, draft.lists);
    setDraft({ ...draft, lists });
    const input = read(lists);
    const { key, value: typed, ifVersion, ...delta } = input;
    void ifVersion;
    if (secret !== undefined && typed === undefined && isEmpty(delta)) {
      setPhase({ kind: "same" });
      return;
    }
    const typedBefore = inputCount.current;
    setProblem(undefined);
    setPhase({ kind: "planning" });
    try {
      const { results } = await secretService.saveSecrets({
        secrets: [input],
        validateOnly: true,
        explainAccess: true,
      });
      const [plan] = results;
      if (plan === undefined) throw new Error(`the service returned no plan for ${key}`);
      if (inputCount.current === typedBefore) setPhase({ kind: "reviewed", plan, input, isUnsure: false });
    } catch (error) {
      if (inputCount.current !== typedBefore) return;
      setProblem(problemOfOne(problemFrom(error)));
      setPhase({ kind: "editing" });
    }
  };
  const save = async () => {
    if (phase.kind !== "reviewed") return;
    const { plan, input } = phase;
    setProblem(undefined);
    setPhase({ ...phase, kind: "saving" });
    try {
      await secretService.saveSecrets({ secrets: [input], idempotencyKey });
      say(secret === undefined ? "Created." : `Version ${plan.version} is saved.`);
      // Another person may be signed in by now, with another dialog.
      if (!isShown.current) return;
      isTyped.current = false;
      onClose();
      if (secret === undefined) goTo(links.secret(input.key));
    } catch (error) {
      const found = problemOfOne(problemOfSave(problemFrom(error)));
      setProblem(found);
      // What may have been stored is repeated as it was; everything else is looked at again.
      const isNowUnsure = isUnsure || found.reason === "OUTCOME_UNKNOWN";
      setPhase(found.isTemporary ? { kind: "reviewed", plan, input, isUnsure: isNowUnsure } : { kind: "editing" });
    }
  };
  const goOn = () => {
    if (newer === undefined) return;
    inputCount.current += 1;
    const next = draftOf(newer);
    const merged = mergeDrafts(begun.draft, draft, next);
    setBegun({ version: newer.version, valueMs: msOf(newer.valueChangedAt), draft: next });
    setDraft(merged.draft);
    setConflicts(bothChangedValue() ? ["the value", ...merged.conflicts] : merged.conflicts);
    setProblem(undefined);
    setPhase({ kind: "editing" });
  };

  useEffect(
    () => () => {
      isShown.current = false;
    },
    [],
  );
  useEffect(() => {
    if (isStale) setPhase({ kind: "editing" });
  }, [isStale]);
  useEffect(() => {
    if (isReviewed) reviewed.current?.focus();
  }, [isReviewed]);
  const backToEditing = () => {
    setPhase({ kind: "editing" });
    requestAnimationFrame(() => (value.current ?? keyField.current)?.focus());
  };

  const plan = isReviewed ? phase.plan : undefined;
  const canSave =
    plan !== undefined && !isStale && plan.outcome !== SaveOutcome.FORBIDDEN && plan.outcome !== SaveOutcome.UNCHANGED;
  const saveWord = secret === undefined ? "Create" : `Save version ${plan?.version ?? ""}`;
  return (
    <Dialog
      title={
        secret === undefined ? (
          "New secret"
        ) : (
          <>
            Edit <Key text={secret.key} /> <span class="muted whole">· version {begun.version}</span>
          </>
        )
      }
      label={secret === undefined ? "New secret" : `Edit ${secret.key}`}
      isDirty={() => isTyped.current}
      isBusy={phase.kind === "saving"}
      onClose={onClose}
      foot={
        <>
          <span class="grow muted small" role="status">
            {isStale
              ? `Continue from version ${newer.version} to review`
              : phase.kind === "same" && "Nothing differs from what is stored."}
          </span>
          <button type="button" disabled={phase.kind === "saving"} onClick={isReviewed ? backToEditing : onClose}>
            {isReviewed ? "Back to editing" : "Cancel"}
          </button>
          {canSave && (
            <button type="button" class="first" disabled={phase.kind === "saving"} onClick={() => void save()}>
              {phase.kind === "saving" ? "Saving…" : isUnsure ? "Repeat" : saveWord}
            </button>
          )}
          {!isReviewed && (
            <button
              type="button"
              class="first"
              disabled={phase.kind === "planning" || isStale || isGone}
              onClick={() => void review()}
            >
              {phase.kind === "planning" ? "Reviewing…" : "Review"}
            </button>
          )}
        </>
      }
    >
      {isStale && theirs !== undefined && (
        <StaleNote {...{ newer, theirs, hasNewValue }} bothChangedValue={bothChangedValue()} onGoOn={goOn} />
      )}
      {isGone && <Note kind="warn">It was removed, or you may no longer see it. Nothing can be saved.</Note>}
      {conflicts.length > 0 && (
        <Note kind="warn">Both of you changed {conflicts.join(", ")}. What you typed is in the fields.</Note>
      )}
      {problem !== undefined && !isStale && <ProblemNote problem={problem} />}
      <div hidden={isReviewed}>
        {secret === undefined && <KeyField field={keyField} onInput={touch} problem={problem} />}
        <ValueField
          field={value}
          label={secret === undefined ? "Value" : "New value"}
          hint={
            !mayWrite
              ? "You may not write it: neither you nor a role of yours is in writers."
              : secret === undefined
                ? "Stored exactly as it is, line breaks also."
                : "Empty: the value stays as it is."
          }
          isDisabled={!mayWrite}
          onInput={touch}
          newerVersion={isStale && hasNewValue ? newer.version : undefined}
        />
        <MetadataFields
          pairs={draft.metadata}
          newer={theirs?.pairs}
          isDisabled={!mayWrite}
          onChange={(metadata) => edit({ ...draft, metadata })}
        />
        <fieldset>
          <legend>Who has access</legend>
          <AccessGrid
            stored={begun.draft.lists}
            {...(secret === undefined ? {} : { owner: secret.owner })}
            edited={draft.lists}
            newer={theirs?.lists}
            mayChange={(list) => secret === undefined || mayChangeList(secret, list, me)}
            onChange={setName}
          />
          <NamePicker
            field={picker}
            onInput={touch}
            taken={namesIn(draft.lists)}
            onAdd={(added) => edit({ ...draft, lists: withReaders(draft.lists, added) })}
          />
        </fieldset>
        {secret === undefined && <p class="hint">{creatorHint()}</p>}
      </div>
      <div ref={reviewed} tabIndex={-1} hidden={!isReviewed}>
        {plan !== undefined && (
          <Changes
            plan={plan}
            hasValue={isReviewed && phase.input.value !== undefined}
            before={begun.draft}
            after={draft}
          />
        )}
      </div>
    </Dialog>
  );
}
