import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { User } from "../../gen/secret/v1/identity_service_pb.ts";
import { identityService, loginService } from "../api.ts";
import { serviceNow } from "../session.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { copyText } from "./copy-text.ts";
import { Icon } from "./icon.tsx";
import { Note, ProblemNote, say } from "./note.tsx";
import { Bdi, msOf, Time } from "./text.tsx";
import { useAttempt } from "./use-attempt.ts";

type Invited = Pick<User, "invitationExpireAt" | "invitationUsedAt">;

/** What has become of the newest invitation of a user. Undefined: there is none. */
export function invitationKind({
  invitationExpireAt,
  invitationUsedAt,
}: Invited): "open" | "used" | "expired" | undefined {
  if (invitationUsedAt !== undefined) return "used";
  const ends = msOf(invitationExpireAt);
  if (ends === undefined) return undefined;
  return ends > serviceNow() ? "open" : "expired";
}

interface InvitationProps {
  readonly user: User;
  /** Whether a link is shown that was not copied yet is written here. */
  readonly isUncopied: { current: boolean };
  readonly onChange: () => void;
}

/** Invites a user, says what has become of the invitation, and takes it back. */
export function Invitation({ user, isUncopied, onChange }: InvitationProps) {
  const { problem, isBusy, attempt } = useAttempt();
  const now = useSignal<Invited>(user);
  const isShown = useSignal(false);
  const isLocal = useSignal(false);
  const link = useRef<HTMLElement>(null);
  const show = (url: string) => {
    // Only in the document, like a value: it lets anyone who has it in.
    if (link.current !== null) link.current.textContent = url;
    isShown.value = url !== "";
    isUncopied.current = url !== "";
    isLocal.value = url !== "" && ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
  };
  const invite = () =>
    attempt(async () => {
      const { url, expireAt } = await identityService.inviteUser({ slug: user.slug });
      show(url);
      now.value = expireAt === undefined ? {} : { invitationExpireAt: expireAt };
      onChange();
    });
  const takeBack = () =>
    attempt(async () => {
      await loginService.removePasskey({ slug: user.slug, id: "invitation" });
      show("");
      now.value = {};
      say("The invitation can no longer be used.");
      onChange();
    });
  const copy = async () => {
    if (await copyText(link.current?.textContent ?? "")) isUncopied.current = false;
  };
  const kind = invitationKind(now.value);
  const { invitationExpireAt, invitationUsedAt } = now.value;
  return (
    <section class="field" aria-labelledby="invitation-title">
      <h2 id="invitation-title">Invitation</h2>
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      <p class="field" role="status">
        {kind === undefined && "No invitation. One is a link, for a day, with which the user makes a passkey."}
        {kind === "open" && (
          <>
            <span class="chip info">open</span> It can be used once, and expires <Time at={invitationExpireAt} />:{" "}
            <Time at={invitationExpireAt} isExact />.
          </>
        )}
        {kind === "expired" && (
          <>
            <span class="chip warn">expired</span> It was not used, and expired <Time at={invitationExpireAt} />.
          </>
        )}
        {kind === "used" && (
          <>
            <span class="chip ok">used</span> A passkey was made with it <Time at={invitationUsedAt} />.
          </>
        )}
      </p>
      <div hidden={!isShown.value} class="field">
        <Note kind="warn">
          Copy the link now: it is not shown again. Anyone who has it can sign in as <Bdi text={user.slug} />.
        </Note>
        <p class="stale small field" hidden={!isLocal.value}>
          It opens only on the machine of the service, because that is the address of the service.
        </p>
        <code ref={link} class="command" />
        <div class="row picker">
          <button type="button" class="first" onClick={() => void copy()}>
            <Icon name="copy" />
            Copy the link
          </button>
        </div>
      </div>
      <div class="row">
        {kind === "open" ? (
          <ConfirmButton
            word="Replace the link"
            sure="Make a new link"
            isBusy={isBusy.value}
            onConfirm={() => void invite()}
          >
            <p>The link that you have already sent stops working.</p>
          </ConfirmButton>
        ) : (
          <button type="button" disabled={isBusy.value} onClick={() => void invite()}>
            {kind === undefined ? "Invite" : "Invite again"}
          </button>
        )}
        {kind === "open" && (
          <ConfirmButton
            word="Take back"
            what="the invitation"
            sure="Take it back"
            isBusy={isBusy.value}
            onConfirm={() => void takeBack()}
          />
        )}
      </div>
    </section>
  );
}
