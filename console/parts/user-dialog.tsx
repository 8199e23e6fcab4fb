import { useSignal } from "@preact/signals";
import type { Token, User } from "../../gen/secret/v1/identity_service_pb.ts";
import { identityService, loginService, problemFrom } from "../api.ts";
import { countOf, countOrNo, problemOfOne } from "../model/words.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { Invitation } from "./invitation.tsx";
import { Note, ProblemNote, say } from "./note.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Bdi, Time } from "./text.tsx";
import { useAttempt } from "./use-attempt.ts";
import { UserForm } from "./user-form.tsx";

interface UserDialogProps {
  readonly user: User;
  readonly sessions: readonly Token[];
  readonly onClose: () => void;
  /** It stays open. */
  readonly onChange: () => void;
  readonly onDone: () => void;
}

const problemOfAct = (error: unknown) => problemOfOne(problemFrom(error));

/**
 * A user as it is stored, and what can be done with them. As with a secret, nothing is typed here: roles and flags have
 * a form of their own, which saves all of them or nothing.
 */
export function UserDialog({ user, sessions, onClose, onChange, onDone }: UserDialogProps) {
  const { problem, isBusy, attempt } = useAttempt();
  const isEditing = useSignal(false);
  const { slug } = user;
  const isManaged = user.issuer !== "";
  const own = sessions.filter((token) => token.slug === slug);
  const signOutEverywhere = () =>
    attempt(async () => {
      const { ended } = await loginService.endSession({ all: true, slug });
      say(`${countOf(ended, "session")} ended.`);
      onDone();
    }, problemOfAct);
  const remove = () =>
    attempt(async () => {
      const { tokensRevoked } = await identityService.removeUsers({ slugs: [slug] });
      say(`Removed. ${countOf(tokensRevoked, "token")} revoked.`);
      onDone();
    }, problemOfAct);
  if (isEditing.value) {
    return <UserForm key="form" user={user} onClose={() => (isEditing.value = false)} onDone={onDone} />;
  }
  return (
    <Dialog
      key="user"
      title={
        <>
          User <Bdi text={slug} />
        </>
      }
      label={`User ${slug}`}
      onClose={onClose}
    >
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      {isManaged && (
        <Note>
          Roles and admin come from <Bdi text={user.issuer} /> at each login, and cannot be changed here.
        </Note>
      )}
      <dl class="pairs field">
        <div>
          <dt>Roles</dt>
          <dd>{user.roles.length === 0 ? "none" : <Bdi text={user.roles.join(", ")} />}</dd>
        </div>
        <div>
          <dt>Admin</dt>
          <dd>{user.admin ? "yes: every right on every secret of the tenant" : "no"}</dd>
        </div>
        <div>
          <dt>Operator</dt>
          <dd>{user.operator ? "yes: manages the service" : "no"}</dd>
        </div>
        <div>
          <dt>Created</dt>
          <dd>
            <Time at={user.createdAt} /> by <Bdi text={user.createdBy} />
          </dd>
        </div>
      </dl>
      {!isManaged && (
        <button type="button" onClick={() => (isEditing.value = true)}>
          <Icon name="edit" />
          Edit
        </button>
      )}
      {!isManaged && (
        <div class="at-once">
          <Invitation user={user} onChange={onChange} />
          <Passkeys slug={slug} />
        </div>
      )}
      <div class="at-once">
        <h2>{countOrNo(own.length, "session")}</h2>
        <div class="row">
          {/* Also where none is counted: what was loaded does not know of a session that began since. */}
          <ConfirmButton
            word="Sign out everywhere"
            sure={`Sign out ${slug}`}
            keep="Cancel"
            isBusy={isBusy.value}
            onConfirm={() => void signOutEverywhere()}
          />
        </div>
      </div>
      <div class="at-once">
        <ConfirmButton word="Remove user" sure={`Remove ${slug}`} isBusy={isBusy.value} onConfirm={() => void remove()}>
          <p>All tokens and sessions of {slug} end. Secrets keep the name in their lists.</p>
        </ConfirmButton>
      </div>
    </Dialog>
  );
}
