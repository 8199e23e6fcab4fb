import { useSignal } from "@preact/signals";

interface ConfirmButtonProps {
  readonly word: "Remove" | "Revoke";
  /** What it is about, for those who hear the button without its row. */
  readonly what: string;
  readonly onConfirm: () => void;
}

/** Asks in its own place before something is gone for good. The question ends when the focus leaves it. */
export function ConfirmButton({ word, what, onConfirm }: ConfirmButtonProps) {
  const isAsking = useSignal(false);
  const press = (event: MouseEvent) => {
    // The second half of a double click answers no question: no one has read it yet.
    if (event.detail > 1) return;
    isAsking.value = !isAsking.value;
    if (!isAsking.value) onConfirm();
  };
  return (
    <button
      type="button"
      class={isAsking.value ? "danger" : "link"}
      onClick={press}
      onBlur={() => (isAsking.value = false)}
    >
      {isAsking.value ? (
        `Really ${word.toLowerCase()} it`
      ) : (
        <>
          {word}
          <span class="sr"> {what}</span>
        </>
      )}
    </button>
  );
}
