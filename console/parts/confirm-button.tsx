import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ActButton } from "./act-button.tsx";

interface ConfirmButtonProps {
  readonly word: string;
  /** What it is about, for those who hear the button without its row. */
  readonly what?: string;
  /** The button that does it. */
  readonly sure: string;
  /** The button that does not. */
  readonly keep?: string;
  readonly refusal?: string | undefined;
  readonly isBusy?: boolean;
  readonly onConfirm: () => void;
  /** What goes with it. */
  readonly children?: ComponentChildren;
}

/**
 * Everything that cannot be undone at once looks like this, and asks in its own place before it is done. The
 * question ends when the focus goes elsewhere.
 */
export function ConfirmButton({ word, what, refusal, ...question }: ConfirmButtonProps) {
  const isAsking = useSignal(false);
  const place = useRef<HTMLSpanElement>(null);
  const close = (hasFocus: boolean) => {
    isAsking.value = false;
    // What opened the question is drawn anew, and gets the focus back.
    if (hasFocus) requestAnimationFrame(() => place.current?.querySelector("button")?.focus());
  };
  return (
    <span ref={place}>
      {isAsking.value ? (
        <Question label={`${word}?`} {...question} onClose={close} />
      ) : (
        <ActButton class="danger" refusal={refusal} onClick={() => (isAsking.value = true)}>
          {word}…{what !== undefined && <span class="sr"> {what}</span>}
        </ActButton>
      )}
    </span>
  );
}

interface QuestionProps extends Omit<ConfirmButtonProps, "word" | "what" | "refusal"> {
  readonly label: string;
  readonly onClose: (hasFocus: boolean) => void;
}

function Question({ label, sure, keep = "Keep it", isBusy = false, onConfirm, onClose, children }: QuestionProps) {
  const box = useRef<HTMLFieldSetElement>(null);
  const keeps = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    keeps.current?.focus();
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  // The second half of a double click answers no question: no one has read it yet.
  const confirm = ({ detail }: MouseEvent) => detail < 2 && onConfirm();
  const leave = ({ relatedTarget: next }: FocusEvent) => {
    if (next instanceof Node && box.current?.contains(next) === false) onClose(false);
  };
  const kind = children === undefined ? "confirm" : "note bad confirm";
  return (
    <fieldset ref={box} class={kind} aria-label={label} onFocusOut={leave}>
      <div class="grow">
        {children}
        <div class="row">
          <button type="button" class="danger sure" disabled={isBusy} onClick={confirm}>
            {sure}
          </button>
          <button type="button" ref={keeps} disabled={isBusy} onClick={() => onClose(true)}>
            {keep}
          </button>
        </div>
      </div>
    </fieldset>
  );
}
