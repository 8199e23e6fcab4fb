import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import type { User } from "../../gen/secret/v1/identity_service_pb.ts";
import { who } from "../account.ts";
import { identityService, problemFrom } from "../api.ts";
import { problemOfOne } from "../model/words.ts";
import { Dialog } from "./dialog.tsx";
import { ProblemNote, say } from "./note.tsx";
import { RolesField, withTyped } from "./roles-field.tsx";
import { useAttempt } from "./use-attempt.ts";

interface UserFormProps {
  /** Absent: a new user. */
  readonly user: User | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const problemOfSave = (error: unknown) => problemOfOne(problemFrom(error));

/** Adds a user, or changes roles and flags of one: nothing is changed before it is saved, and then all of it. */
export function UserForm({ user, onClose, onDone }: UserFormProps) {
  const { problem, isBusy, attempt } = useAttempt();
  const slug = useRef<HTMLInputElement>(null);
  const roles = useSignal<readonly string[]>(user?.roles ?? []);
  const typedRole = useRef<HTMLInputElement>(null);
  const admin = useRef<HTMLInputElement>(null);
  const operator = useRef<HTMLInputElement>(null);
  const isTyped = useRef(false);
  const touch = () => {
    isTyped.current = true;
  };
  const save = () =>
    attempt(async () => {
      const names = withTyped(roles.value, typedRole.current?.value ?? "");
      const clear = names.length === 0 && (user?.roles.length ?? 0) > 0 ? ["roles"] : [];
      const isAdmin = admin.current?.checked ?? false;
      const isOperator = operator.current?.checked ?? user?.operator ?? false;
      await identityService.saveUsers({
        users: [
          {
            slug: user?.slug ?? slug.current?.value.trim() ?? "",
            roles: [...names],
            clear,
            ...(isAdmin === (user?.admin ?? false) ? {} : { admin: isAdmin }),
            ...(isOperator === (user?.operator ?? false) ? {} : { operator: isOperator }),
          },
        ],
      });
      isTyped.current = false;
      say("Saved.");
      onDone();
    }, problemOfSave);
  const title = user === undefined ? "Add user" : `Edit user ${user.slug}`;
  return (
    <Dialog
      title={title}
      label={title}
      isDirty={() => isTyped.current}
      isBusy={isBusy.value}
      onClose={onClose}
      foot={
        <>
          <button type="button" disabled={isBusy.value} onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="first" disabled={isBusy.value} onClick={() => void save()}>
            {user === undefined ? "Add user" : "Save"}
          </button>
        </>
      }
    >
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      {user === undefined && (
        <div class="field">
          <label for="user-slug">Name</label>
          <input
            ref={slug}
            id="user-slug"
            class="mono short"
            autocomplete="off"
            spellcheck={false}
            placeholder="e.g. bob"
            onInput={touch}
          />
          <p class="hint">a–z, 0–9 and single “-”. It is what access lists and the audit log show.</p>
        </div>
      )}
      <RolesField
        roles={roles.value}
        field={typedRole}
        onInput={touch}
        onChange={(next) => {
          touch();
          roles.value = next;
        }}
      />
      <div class="at-once">
        <Flag
          field={admin}
          label="Admin: every right on every secret of the tenant"
          checked={user?.admin ?? false}
          onInput={touch}
        />
        {who.value?.operator === true && (
          <Flag
            field={operator}
            label="Operator: manages the service"
            checked={user?.operator ?? false}
            onInput={touch}
          />
        )}
      </div>
    </Dialog>
  );
}

interface FlagProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly checked: boolean;
  readonly onInput: () => void;
}

function Flag({ field, label, checked, onInput }: FlagProps) {
  const isGiven = useSignal(false);
  return (
    <label class="check field">
      <input
        ref={field}
        type="checkbox"
        defaultChecked={checked}
        onInput={(event) => {
          isGiven.value = event.currentTarget.checked && !checked;
          onInput();
        }}
      />
      <span>
        {label}
        {isGiven.value && <b class="stale"> · given with the next save</b>}
      </span>
    </label>
  );
}
