import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Token, User } from "../../gen/secret/v1/identity_service_pb.ts";
import { identityService, loginService, problemFrom } from "../api.ts";
import { countOf, problemOfOne } from "../model/words.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { Invitation } from "./invitation.tsx";
import { Note, ProblemNote, say } from "./note.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Bdi, Time } from "./text.tsx";
import { TokenTable } from "./token-table.tsx";
import { useAttempt } from "./use-attempt.ts";
import { UserForm } from "./user-form.tsx";

interface UserDialogProps {
  readonly user: User;
  /** Tokens and sessions that can be used now. */
  readonly tokens: readonly Token[];
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
export function UserDialog({ user, tokens, onClose, onChange, onDone }: UserDialogProps) {
  const { problem, isBusy, attempt } = useAttempt();
  const isEditing = useSignal(false);
  /** A link that would be lost with the dialog: it is shown once, and not copied yet. */
  const isLinkLost = useRef(false);
  const { slug } = user;
  const isManaged = user.issuer !== "";
  const own = tokens.filter((token) => token.slug === slug);
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
  const saved = () => {
    isEditing.value = false;
    onChange();
  };
  return (
    <>
      <Dialog
        isAside={isEditing.value}
        isDirty={() => isLinkLost.current}
        question="Close it? The link of the invitation is not copied, and not shown again."
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
            <Invitation user={user} isUncopied={isLinkLost} onChange={onChange} />
            <Passkeys slug={slug} />
          </div>
        )}
        <div class="at-once">
          {own.length === 0 ? (
            <h2>No tokens and no sessions</h2>
          ) : (
            <TokenTable tokens={own} hasSlug={false} onChange={onChange} />
          )}
          <p class="hint">Signing out ends the sessions of {slug}. Tokens stay until they are revoked.</p>
          <div class="row picker">
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
          <ConfirmButton
            word="Remove user"
            sure={`Remove ${slug}`}
            isBusy={isBusy.value}
            onConfirm={() => void remove()}
          >
            <p>All tokens and sessions of {slug} end. Secrets keep the name in their lists.</p>
          </ConfirmButton>
        </div>
      </Dialog>
      {isEditing.value && <UserForm user={user} onClose={() => (isEditing.value = false)} onDone={saved} />}
    </>
  );
}
