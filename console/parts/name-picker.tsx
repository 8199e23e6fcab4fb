import type { RefObject } from "preact";
import { useId, useRef } from "preact/hooks";
import type { Name } from "../model/grid.ts";
import { names } from "../names.ts";

/** More than these are not suggested at once: the browser narrows them while a name is typed. */
const suggestedMax = 500;

interface NamePickerProps {
  /** They are there already, and not suggested. */
  readonly taken: readonly string[];
  readonly onAdd: (name: string) => void;
  readonly onInput?: () => void;
  /** What the field is for. */
  readonly label?: string;
  /** The word on the button. */
  readonly word?: string;
  /** Only roles are suggested. */
  readonly isForRoles?: boolean;
  /** The field, for those who take what was typed and not yet added. */
  readonly field?: RefObject<HTMLInputElement | null>;
}

/** The names in a text, which may have been copied from a list. */
export function namesOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((name) => name !== "");
}

/**
 * Adds a person or a role. Names are suggested; any other may be typed, because not every list of names is complete.
 */
export function NamePicker(props: NamePickerProps) {
  const { taken, onAdd, onInput, label = "Add a person or role", word = "Add as reader", isForRoles = false } = props;
  const own = useRef<HTMLInputElement>(null);
  const field = props.field ?? own;
  const listId = useId();
  const isSuggested = ({ name, kind }: Name) => !taken.includes(name) && (!isForRoles || kind === "role");
  const suggested = [...names.value.values()].filter(isSuggested).slice(0, suggestedMax);
  const add = () => {
    if (field.current === null) return;
    for (const name of namesOf(field.current.value)) onAdd(name);
    field.current.value = "";
  };
  return (
    <div class="row picker">
      <input
        ref={field}
        class="grow"
        list={listId}
        aria-label={label}
        placeholder={label}
        autocomplete="off"
        spellcheck={false}
        onInput={onInput}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add();
        }}
      />
      <datalist id={listId}>
        {suggested.map(({ name, kind, members }) => (
          <option key={name} value={name}>
            {kind === "role" ? `role${members.length > 0 ? `: ${members.slice(0, 5).join(", ")}` : ""}` : ""}
          </option>
        ))}
      </datalist>
      <button type="button" onClick={add}>
        {word}
      </button>
    </div>
  );
}
