import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { compareBytes } from "../../src/text/byte-order.ts";
import { loadNames } from "../names.ts";
import { Icon } from "./icon.tsx";
import { NamePicker, namesOf } from "./name-picker.tsx";
import { Bdi } from "./text.tsx";

interface RolesFieldProps {
  readonly roles: readonly string[];
  /** Where one is typed: what is in it counts also without “Add”, see `withTyped`. */
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onInput: () => void;
  readonly onChange: (roles: readonly string[]) => void;
}

/** The roles, and those in a text that was typed after them. */
export function withTyped(roles: readonly string[], text: string): readonly string[] {
  return unionOf(roles, namesOf(text));
}

function unionOf(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])].sort(compareBytes);
}

/** The roles of a user: each can be taken away, and others are picked. */
export function RolesField({ roles, field, onInput, onChange }: RolesFieldProps) {
  useEffect(() => void loadNames(), []);
  return (
    <fieldset class="field">
      <legend>Roles</legend>
      {roles.length > 0 && (
        <ul class="chips">
          {roles.map((role) => (
            <li key={role} class="chip name">
              <Bdi text={role} />
              <button
                type="button"
                class="plain"
                aria-label={`Remove the role ${role}`}
                title="Remove"
                onClick={() => onChange(roles.filter((other) => other !== role))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <NamePicker
        taken={roles}
        label="Add a role"
        word="Add role"
        isForRoles
        field={field}
        onInput={onInput}
        onAdd={(added) => onChange(unionOf(roles, added))}
      />
    </fieldset>
  );
}
