import { useRef } from "preact/hooks";
import type { Lists } from "../model/lists.ts";
import { namesIn } from "../model/lists.ts";
import { names } from "../names.ts";

/** More than these are not suggested at once: the browser narrows them while a name is typed. */
const suggestedMax = 500;

/**
 * Adds a person or a role. Names are suggested; any other may be typed, because not every list of names is complete.
 */
export function NamePicker({ taken, onAdd }: { taken: Lists; onAdd: (name: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const there = new Set(namesIn(taken));
  const suggested = [...names.value.values()].filter(({ name }) => !there.has(name)).slice(0, suggestedMax);
  const add = () => {
    const name = field.current?.value.trim() ?? "";
    if (name === "" || field.current === null) return;
    onAdd(name);
    field.current.value = "";
  };
  return (
    <div class="row picker">
      <input
        ref={field}
        class="grow"
        list="picker-names"
        aria-label="Add a person or role"
        placeholder="Add a person or role"
        autocomplete="off"
        spellcheck={false}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add();
        }}
      />
      <datalist id="picker-names">
        {suggested.map(({ name, kind, members }) => (
          <option key={name} value={name}>
            {kind === "role" ? `role${members.length > 0 ? `: ${members.slice(0, 5).join(", ")}` : ""}` : ""}
          </option>
        ))}
      </datalist>
      <button type="button" onClick={add}>
        Add as reader
      </button>
    </div>
  );
}
