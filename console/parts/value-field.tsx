import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { Icon } from "./icon.tsx";

interface ValueFieldProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly label: string;
  readonly hint: string;
  readonly isDisabled: boolean;
  readonly onInput: () => void;
  /** The version that has another value than the one that was begun with. */
  readonly newerVersion: number | undefined;
}

/** Where a value is typed: in dots, as a value is shown elsewhere, until someone asks to see it. */
export function ValueField({ field, label, hint, isDisabled, onInput, newerVersion }: ValueFieldProps) {
  const isShown = useSignal(false);
  return (
    <div class="field">
      <div class="row">
        <label class="grow" for="edit-value">
          {label}
        </label>
        <button
          type="button"
          class="link"
          aria-pressed={isShown.value}
          disabled={isDisabled}
          onClick={() => (isShown.value = !isShown.value)}
        >
          <Icon name={isShown.value ? "hide" : "eye"} /> {isShown.value ? "Hide" : "Show"} what is typed
        </button>
      </div>
      <textarea
        ref={field}
        id="edit-value"
        class={isShown.value ? "" : "masked"}
        rows={3}
        autocomplete="off"
        spellcheck={false}
        disabled={isDisabled}
        aria-describedby="edit-value-hint"
        onInput={onInput}
      />
      <p id="edit-value-hint" class="hint">
        {hint}
        {newerVersion !== undefined && <b> Version {newerVersion} has another value.</b>}
      </p>
    </div>
  );
}
