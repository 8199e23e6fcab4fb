import type { RefObject } from "preact";
import { useId, useRef } from "preact/hooks";
import type { Name } from "../model/grid.ts";
import { type Lists, withReaders } from "../model/lists.ts";
import { names } from "../names.ts";

/** More than these are not suggested at once: the browser narrows them while a name is typed. */
const suggestedMax = 500;

interface NamePickerProps {
  /** They are there already, and not suggested. */
  readonly taken: readonly string[];
  readonly onAdd: (names: readonly string[]) => void;
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

/** The lists, and as readers the names that were typed and not added yet: no one reviews a save to leave them out. */
export function takeTyped(field: RefObject<HTMLInputElement | null>, lists: Lists): Lists {
  const typed = namesOf(field.current?.value ?? "");
  if (typed.length === 0 || field.current === null) return lists;
  field.current.value = "";
  return withReaders(lists, typed);
}

/**
 * Adds people or roles. Names are suggested; any other may be typed, because not every list of names is complete.
 */
export function NamePicker(props: NamePickerProps) {
  const { taken, onAdd, onInput, label = "Add a user or role", word = "Add as reader", isForRoles = false } = props;
  const own = useRef<HTMLInputElement>(null);
  const field = props.field ?? own;
  const listId = useId();
  const isSuggested = ({ name, kind }: Name) => !taken.includes(name) && (!isForRoles || kind === "role");
  const suggested = [...names.value.values()].filter(isSuggested).slice(0, suggestedMax);
  const add = () => {
    const added = namesOf(field.current?.value ?? "");
    if (added.length === 0 || field.current === null) return;
    onAdd(added);
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
