import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { SaveOutcome, type SaveResult } from "../../gen/secret/v1/secret_service_pb.ts";
import type { SecretInput } from "../../src/cli/formats/secret-fields.ts";
import { limits } from "../../src/limits.ts";
import type { AccessListName } from "../../src/text/access-list-names.ts";
import { viewer } from "../account.ts";
import { problemFrom, secretService } from "../api.ts";
import { changesOf, planImport } from "../import-plan.ts";
import { readFile } from "../model/files.ts";
import { namesIn, noLists, withName, withReaders } from "../model/lists.ts";
import { countOf, numberText, problemOfSave, sentenceOf } from "../model/words.ts";
import { AccessGrid, creatorHint } from "../parts/access-grid.tsx";
import { NamePicker, takeTyped } from "../parts/name-picker.tsx";
import { ProblemNote, say } from "../parts/note.tsx";
import { PlanTable } from "../parts/plan-table.tsx";
import { Region } from "../parts/region.tsx";
import { useAttempt } from "../parts/use-attempt.ts";
import { mayDiscard, useLeaveGuard } from "../parts/use-leave-guard.ts";
import { goTo, links } from "../route.ts";
import { takeImportDraft } from "./import-draft.ts";

/** Brings in a file: first what it would do, then all of it or nothing. */
export function ImportScreen() {
  const [plan, setPlan] = useState<readonly SaveResult[] | undefined>(undefined);
  const [lists, setLists] = useState(noLists);
  const { isBusy, problem, attempt } = useAttempt();
  const fileProblem = useSignal<string | undefined>(undefined);
  const isOver = useSignal(false);
  const [idempotencyKey, renewKey] = useState(() => crypto.randomUUID());
  const picker = useRef<HTMLInputElement>(null);
  const prefix = useRef<HTMLInputElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  /** What was planned: exactly this is stored. It goes with the page, and is dropped once it is stored. */
  const planned = useRef<readonly SecretInput[]>([]);
  /** What was in the text before the person changed it: another page may have put it there. */
  const given = useRef("");
  const isDirty = () => text.current !== null && text.current.value !== given.current;
  useLeaveGuard(isDirty, () => mayDiscard(isDirty()));

  useEffect(() => {
    document.title = "Import · Secrets";
    const draft = takeImportDraft();
    if (draft !== undefined && prefix.current !== null && text.current !== null) {
      prefix.current.value = draft.prefix;
      text.current.value = draft.text;
      // As the field has it: it normalizes line breaks.
      given.current = text.current.value;
    }
    return () => {
      planned.current = [];
    };
  }, []);

  const read = (): readonly SecretInput[] | undefined => {
    fileProblem.value = undefined;
    try {
      const { inputs } = readFile(text.current?.value ?? "", prefix.current?.value ?? "");
      if (inputs.length === 0) fileProblem.value = "There is nothing in it.";
      else if (inputs.length > limits.batchItems) {
        fileProblem.value = `It has ${numberText(inputs.length)} secrets. At most ${numberText(limits.batchItems)} are stored at once.`;
      } else return inputs;
    } catch (error) {
      fileProblem.value = sentenceOf(error instanceof Error ? error.message : "It cannot be read");
    }
    return undefined;
  };
  const setName = (list: AccessListName, name: string, isIn: boolean) =>
    setLists((before) => withName(before, list, name, isIn));
  const review = () => {
    const inputs = read();
    if (inputs === undefined) return;
    void attempt(async () => {
      const chosen = takeTyped(picker, lists);
      setLists(chosen);
      const made = await planImport(inputs, chosen);
      planned.current = made.inputs;
      setPlan(made.results);
    });
  };
  const store = () =>
    void attempt(
      async () => {
        await secretService.saveSecrets({ secrets: [...planned.current], idempotencyKey });
        const count = changesOf(plan ?? []);
        planned.current = [];
        say(`${countOf(count, "change")} stored.`);
        // The person has gone elsewhere.
        if (text.current === null) return;
        text.current.value = "";
        given.current = "";
        renewKey(crypto.randomUUID());
        setPlan(undefined);
        goTo(links.secrets);
      },
      (error) => problemOfSave(problemFrom(error)),
    );
  const back = () => {
    planned.current = [];
    problem.value = undefined;
    setPlan(undefined);
  };
  const takeFile = async (file: File | undefined) => {
    isOver.value = false;
    if (file === undefined || isBusy.value) return;
    if (file.size > limits.requestBytes) {
      fileProblem.value = `The file has ${numberText(file.size)} bytes, of at most ${numberText(limits.requestBytes)}.`;
      return;
    }
    const content = await file.text();
    if (isBusy.value || text.current === null) return;
    text.current.value = content;
    review();
  };
  const count = changesOf(plan ?? []);
  const isForbidden = plan?.some(({ outcome }) => outcome === SaveOutcome.FORBIDDEN) === true;
  return (
    <Region label="Import" class="page">
      <div class="bar">
        <h1>Import</h1>
      </div>
      <div class={plan === undefined ? "inner form" : "inner"}>
        <p class="prose" hidden={plan !== undefined}>
          Paste or drop a <code>.env</code> file, YAML or JSON. You see what it would do before anything is stored. All
          of it is stored, or nothing. To see what a folder lacks, <a href="#/compare">compare it with another one</a>.
        </p>
        {problem.value !== undefined && (
          <ProblemNote problem={problem.value} retry={plan === undefined ? review : store} />
        )}
        <div class="field" hidden={plan !== undefined}>
          <label for="import-prefix">Put the keys under</label>
          <input
            ref={prefix}
            id="import-prefix"
            class="mono"
            autocomplete="off"
            spellcheck={false}
            readOnly={isBusy.value}
            placeholder={`e.g. ${viewer.value.admin ? "prod/checkout" : viewer.value.slug}`}
          />
        </div>
        <div class="field" hidden={plan !== undefined}>
          <label for="import-text">File</label>
          <textarea
            ref={text}
            id="import-text"
            class={isOver.value ? "drop over" : "drop"}
            readOnly={isBusy.value}
            autocomplete="off"
            spellcheck={false}
            placeholder={"For example:\nDATABASE_URL=postgresql://…\nSTRIPE_SECRET_KEY=sk_…"}
            aria-invalid={fileProblem.value !== undefined}
            aria-describedby="import-problem"
            onInput={() => (fileProblem.value = undefined)}
            onDragOver={(event) => {
              event.preventDefault();
              isOver.value = !isBusy.value;
              if (isBusy.value && event.dataTransfer !== null) event.dataTransfer.dropEffect = "none";
            }}
            onDragLeave={() => (isOver.value = false)}
            onDrop={(event) => {
              event.preventDefault();
              void takeFile(event.dataTransfer?.files[0]);
            }}
          />
          <label class="button file">
            Choose a file…
            <input
              type="file"
              class="sr"
              disabled={isBusy.value}
              onChange={(event) => void takeFile(event.currentTarget.files?.[0])}
            />
          </label>
          <p id="import-problem" class="field-error" role="alert">
            {fileProblem.value}
          </p>
        </div>
        {plan === undefined && (
          <fieldset class="field" disabled={isBusy.value}>
            <legend>Who has access to new keys</legend>
            <AccessGrid stored={noLists} edited={lists} mayChange={() => true} onChange={setName} />
            <NamePicker field={picker} taken={namesIn(lists)} onAdd={(added) => setLists(withReaders(lists, added))} />
            <p class="hint">
              {creatorHint()} Keys that are there already, and entries with lists of their own, are not changed by this.
            </p>
          </fieldset>
        )}
        {plan === undefined ? (
          <div class="row">
            <button type="button" class="first" disabled={isBusy.value} onClick={review}>
              {isBusy.value ? "Reviewing…" : "Review"}
            </button>
          </div>
        ) : (
          <>
            <PlanTable plan={plan} />
            <div class="row picker">
              <button type="button" class="first" disabled={isBusy.value || isForbidden || count === 0} onClick={store}>
                {storeWords(plan)}
              </button>
              <button type="button" disabled={isBusy.value} onClick={back}>
                Back
              </button>
              <span class="muted">
                {isForbidden
                  ? "All of it is stored, or nothing: you may not do all of this."
                  : count === 0 && "Everything is stored like this already."}
              </span>
            </div>
          </>
        )}
      </div>
    </Region>
  );
}

/** What the button does: "Create 2 and change 1", "Change 1 secret". */
function storeWords(plan: readonly SaveResult[]): string {
  const of = (wanted: SaveOutcome) => plan.filter(({ outcome }) => outcome === wanted).length;
  const [created, changed] = [of(SaveOutcome.CREATED), of(SaveOutcome.UPDATED)];
  if (created === 0) return `Change ${countOf(changed, "secret")}`;
  return changed === 0 ? `Create ${countOf(created, "secret")}` : `Create ${created} and change ${changed}`;
}
