import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Permit } from "../../gen/secret/v1/identity_service_pb.ts";
import { identityService, problemFrom } from "../api.ts";
import { hasWords } from "../model/filter.ts";
import { countOf, problemOfOne } from "../model/words.ts";
import { names } from "../names.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { ProblemNote, say } from "./note.tsx";
import { Region } from "./region.tsx";
import { Bdi } from "./text.tsx";
import { useAttempt } from "./use-attempt.ts";
import { useMore } from "./use-more.tsx";

/** More than these are not suggested at once. */
const suggestedMax = 500;

const problemOfSave = (error: unknown) => problemOfOne(problemFrom(error));

const textOf = ({ name, pattern }: Pick<Permit, "name" | "pattern">) => `${name} ${pattern}`;

/** Who may create which keys. For admins. */
export function Permits({ query }: { query: string }) {
  const permits = useSignal<readonly Permit[] | undefined>(undefined);
  const { problem, isBusy, attempt } = useAttempt();
  const load = async () => {
    permits.value = (await identityService.listPermits({})).permits;
  };
  useEffect(() => {
    void attempt(load);
  }, []);
  const remove = ({ name, pattern }: Permit) =>
    attempt(async () => {
      await identityService.removePermits({ permits: [{ name, pattern }] });
      say("The permit is removed. What was created under it stays.");
      await load();
    });
  const save = (name: string, pattern: string) =>
    attempt(async () => {
      await identityService.savePermits({ permits: [{ name, pattern }] });
      say("The permit is saved.");
      await load();
    }, problemOfSave);
  const found = permits.value?.filter(({ name, pattern }) => hasWords(query, [name, pattern])) ?? [];
  const { shown, more } = useMore(found, "permit");
  return (
    <section class="field" aria-labelledby="permits-title">
      <h2 id="permits-title">
        {permits.value?.length ? countOf(permits.value.length, "permit") : "Permits"} to create keys
      </h2>
      <p class="muted field">
        Everyone may create keys under their own name. A permit lets a user or a role create other ones, which it then
        owns; “*” stands for anything, “/” also.{permits.value?.length === 0 && " There are none yet."}
      </p>
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      {found.length > 0 && (
        <Region label="Permits" class="scroll">
          <table class="cards">
            <thead>
              <tr>
                <th scope="col">User or role</th>
                <th scope="col">May create</th>
                <th scope="col">
                  <span class="sr">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((permit) => (
                <tr key={textOf(permit)}>
                  <td data-head="User or role">
                    <Bdi text={permit.name} />
                  </td>
                  <td data-head="May create" class="mono">
                    <Bdi text={permit.pattern} />
                  </td>
                  <td class="do">
                    <ConfirmButton
                      word="Remove"
                      what={textOf(permit)}
                      sure="Remove it"
                      onConfirm={() => void remove(permit)}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Region>
      )}
      {more}
      {permits.value !== undefined && permits.value.length > found.length && (
        <p class="hint">
          {countOf(permits.value.length - found.length, "permit does", "permits do")} not match the search.
        </p>
      )}
      <NewPermit isBusy={isBusy.value} onSave={(name, pattern) => void save(name, pattern)} />
    </section>
  );
}

interface NewPermitProps {
  readonly isBusy: boolean;
  readonly onSave: (name: string, pattern: string) => void;
}

function NewPermit({ isBusy, onSave }: NewPermitProps) {
  const name = useRef<HTMLInputElement>(null);
  const pattern = useRef<HTMLInputElement>(null);
  return (
    <form
      class="row picker permit"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(name.current?.value.trim() ?? "", pattern.current?.value.trim() ?? "");
      }}
    >
      <label>
        User or role
        <input
          ref={name}
          list="permit-names"
          aria-label="User or role of the permit"
          autocomplete="off"
          spellcheck={false}
          required
        />
      </label>
      <datalist id="permit-names">
        {[...names.value.keys()].slice(0, suggestedMax).map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <label class="grow">
        Keys that it may create
        <input
          ref={pattern}
          class="mono"
          aria-label="Keys that it may create"
          placeholder="e.g. prod/web/*"
          autocomplete="off"
          spellcheck={false}
          required
        />
      </label>
      <button type="submit" disabled={isBusy}>
        Save permit
      </button>
    </form>
  );
}
