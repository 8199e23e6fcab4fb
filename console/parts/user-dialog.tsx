import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import type { Token, User } from "../../gen/secret/v1/identity_service_pb.ts";
import { who } from "../account.ts";
import { identityService, loginService, problemFrom } from "../api.ts";
import { countOf, countOrNo, type Problem, problemOfOne } from "../model/words.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { copyText } from "./copy-text.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { Note, ProblemNote, say } from "./note.tsx";
import { Passkeys } from "./passkeys.tsx";
import { RolesField, withTyped } from "./roles-field.tsx";
import { Bdi, Time } from "./text.tsx";

interface UserDialogProps {
  /** Absent: a new user. */
  readonly user: User | undefined;
  readonly sessions: readonly Token[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Adds or changes a user; invites, signs out and removes one. */
export function UserDialog({ user, sessions, onClose, onDone }: UserDialogProps) {
  const problem = useSignal<Problem | undefined>(undefined);
  const isBusy = useSignal(false);
  const isInvited = useSignal(false);
  const slug = useRef<HTMLInputElement>(null);
  const roles = useSignal<readonly string[]>(user?.roles ?? []);
  const typedRole = useRef<HTMLInputElement>(null);
  const admin = useRef<HTMLInputElement>(null);
  const operator = useRef<HTMLInputElement>(null);
  const invitation = useRef<HTMLElement>(null);
  const isTyped = useRef(false);
  const isManaged = user !== undefined && user.issuer !== "";
  const isOperator = who.value?.operator === true;
  const own = sessions.filter((token) => token.slug === user?.slug);

  const attempt = async (act: () => Promise<void>) => {
    isBusy.value = true;
    problem.value = undefined;
    try {
      await act();
    } catch (error) {
      problem.value = problemOfOne(problemFrom(error));
    } finally {
      isBusy.value = false;
    }
  };
  const save = () =>
    attempt(async () => {
      const names = withTyped(roles.value, typedRole.current?.value ?? "");
      const clear = names.length === 0 && (user?.roles.length ?? 0) > 0 ? ["roles"] : [];
      const isAdmin = admin.current?.checked ?? false;
      await identityService.saveUsers({
        users: [
          {
            slug: user?.slug ?? slug.current?.value.trim() ?? "",
            roles: [...names],
            clear,
            ...(isAdmin === (user?.admin ?? false) ? {} : { admin: isAdmin }),
            ...(operator.current === null || operator.current.checked === (user?.operator ?? false)
              ? {}
              : { operator: operator.current.checked }),
          },
        ],
      });
      say("Saved.");
      onDone();
    });
  const signOutEverywhere = () =>
    attempt(async () => {
      const { ended } = await loginService.endSession({ all: true, slug: user?.slug ?? "" });
      say(`${countOf(ended, "session")} ended.`);
      onDone();
    });
  const invite = () =>
    attempt(async () => {
      const { url } = await identityService.inviteUser({ slug: user?.slug ?? "" });
      // Only in the document, like a value: it lets anyone who has it in.
      if (invitation.current !== null) invitation.current.textContent = url;
      isInvited.value = true;
    });
  const takeBack = () =>
    attempt(async () => {
      await loginService.removePasskey({ slug: user?.slug ?? "", id: "invitation" });
      if (invitation.current !== null) invitation.current.textContent = "";
      isInvited.value = false;
      say("The invitation can no longer be used.");
    });
  const remove = () =>
    attempt(async () => {
      const { tokensRevoked } = await identityService.removeUsers({ slugs: [user?.slug ?? ""] });
      say(`Removed. ${countOf(tokensRevoked, "token")} revoked.`);
      onDone();
    });
  const touch = () => {
    isTyped.current = true;
  };
  return (
    <Dialog
      title={
        user === undefined ? (
          "Add user"
        ) : (
          <>
            User <Bdi text={user.slug} />
          </>
        )
      }
      label={user === undefined ? "Add user" : `User ${user.slug}`}
      isDirty={() => isTyped.current}
      onClose={onClose}
      foot={
        user === undefined && (
          <>
            <button type="button" onClick={onClose}>
              Cancel
            </button>
            <button type="button" class="first" disabled={isBusy.value} onClick={() => void save()}>
              Add user
            </button>
          </>
        )
      }
    >
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      {isManaged && (
        <Note>
          Roles and admin come from <Bdi text={user.issuer} /> at each login, and cannot be changed here.
        </Note>
      )}
      {user === undefined && (
        <div class="field">
          <label for="user-slug">Name</label>
          <input
            ref={slug}
            id="user-slug"
            class="mono"
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
        isDisabled={isManaged}
        onInput={touch}
        onChange={(next) => {
          touch();
          roles.value = next;
        }}
      />
      <Flag
        field={admin}
        label="Admin: every right on every secret of the tenant"
        checked={user?.admin ?? false}
        isDisabled={isManaged}
        onInput={touch}
      />
      {isOperator && (
        <Flag
          field={operator}
          label="Operator: manages the service"
          checked={user?.operator ?? false}
          isDisabled={isManaged}
          onInput={touch}
        />
      )}
      {user !== undefined && !isManaged && (
        <button type="button" class="first" disabled={isBusy.value} onClick={() => void save()}>
          Save
        </button>
      )}
      {user !== undefined && (
        <div class="at-once">
          <h2>Sign-in</h2>
          <p class="muted field">
            {countOrNo(own.length, "session")} now. The user was created <Time at={user.createdAt} /> by{" "}
            <Bdi text={user.createdBy} />. What follows takes effect at once, without “Save”.
          </p>
          <div class="row field">
            {!isManaged && (
              <button type="button" disabled={isBusy.value} onClick={() => void invite()}>
                Invite: link for a passkey
              </button>
            )}
            {/* Also where none is counted: what was loaded does not know of a session that began since. */}
            <ConfirmButton
              word="Sign out everywhere"
              sure={`Sign out ${user.slug}`}
              keep="Cancel"
              isBusy={isBusy.value}
              onConfirm={() => void signOutEverywhere()}
            />
          </div>
          <div hidden={!isInvited.value} class="field">
            <Note kind="warn">
              Copy the link now: it is not shown again. With it anyone can sign in as {user.slug}, once, within 24
              hours. It replaces an earlier one.
            </Note>
            <code ref={invitation} class="command" />
            <div class="row picker">
              <button type="button" class="first" onClick={() => void copyText(invitation.current?.textContent ?? "")}>
                <Icon name="copy" />
                Copy the link
              </button>
              {isInvited.value && (
                <ConfirmButton
                  word="Withdraw"
                  what="the invitation"
                  sure="Withdraw it"
                  isBusy={isBusy.value}
                  onConfirm={() => void takeBack()}
                />
              )}
            </div>
          </div>
          {!isManaged && <Passkeys slug={user.slug} />}
        </div>
      )}
      {user !== undefined && (
        <div class="at-once">
          <ConfirmButton
            word="Remove user"
            sure={`Remove ${user.slug}`}
            isBusy={isBusy.value}
            onConfirm={() => void remove()}
          >
            <p>All tokens and sessions of {user.slug} end. Secrets keep the name in their lists.</p>
          </ConfirmButton>
        </div>
      )}
    </Dialog>
  );
}

interface FlagProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly checked: boolean;
  readonly isDisabled: boolean;
  readonly onInput: () => void;
}

function Flag({ field, label, checked, isDisabled, onInput }: FlagProps) {
  return (
    <label class="check field">
      <input ref={field} type="checkbox" defaultChecked={checked} disabled={isDisabled} onInput={onInput} />
      <span>{label}</span>
    </label>
  );
}
