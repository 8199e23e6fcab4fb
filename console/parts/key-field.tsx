import type { RefObject } from "preact";
import { viewer } from "../account.ts";
import type { Problem } from "../model/words.ts";

interface KeyFieldProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onInput: () => void;
  readonly problem: Problem | undefined;
}

/** Where the key of a new secret is typed. */
export function KeyField({ field, onInput, problem }: KeyFieldProps) {
  const { slug, admin } = viewer.value;
  const isWrong = problem?.details.some(({ field: path }) => path.endsWith(".key")) === true;
  return (
    <div class="field">
      <label for="edit-key">Key</label>
      <input
        ref={field}
        id="edit-key"
        class="mono"
        autocomplete="off"
        spellcheck={false}
        placeholder={`e.g. ${admin ? "prod/checkout/STRIPE_SECRET_KEY" : `${slug}/NAME`}`}
        aria-invalid={isWrong}
        aria-describedby="edit-key-hint"
        onInput={onInput}
      />
      <p id="edit-key-hint" class="hint">
        Folders are separated by “/”.{admin ? "" : ` You may create keys under ${slug}/.`}
      </p>
    </div>
  );
}
