import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Passkey } from "../../gen/secret/v1/login_service_pb.ts";
import { loginService, problemFrom } from "../api.ts";
import { countOrNo, type Problem } from "../model/words.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { Note, ProblemNote, say } from "./note.tsx";
import { madeBefore, passkeyProblem, WrongHostError } from "./passkey-problem.ts";
import { Bdi, Time } from "./text.tsx";

interface PasskeysProps {
  /** Absent: those of the viewer, who may also make one. */
  readonly slug?: string;
}

/** The passkeys of the viewer or, for an admin, of any user. */
export function Passkeys({ slug = "" }: PasskeysProps) {
  const passkeys = useSignal<readonly Passkey[] | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const isMaking = useSignal(false);
  const load = async () => {
    passkeys.value = (await loginService.listPasskeys({ slug })).passkeys;
  };
  const attempt = (act: () => Promise<void>) => attemptFor(problem, act);
  useEffect(() => {
    void attempt(load);
  }, []);
  const remove = (id: string) =>
    attempt(async () => {
      await loginService.removePasskey({ id, slug });
      // Not asked for anew: the session of this page may have begun with that passkey, and is then over.
      passkeys.value = passkeys.value?.filter((passkey) => passkey.id !== id);
      say("The passkey is removed, and its sessions have ended.");
    });
  const found = passkeys.value ?? [];
  const isOwn = slug === "";
  const titleId = isOwn ? "passkeys-title" : "passkeys-of-user";
  return (
    <section class="field" aria-labelledby={titleId}>
      <h2 id={titleId}>{isOwn ? "Your passkeys" : countOrNo(found.length, "passkey")}</h2>
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      {isOwn && found.length === 0 && (
        <p class="muted field">
          With a passkey you sign in with a fingerprint, a PIN or a security key, and without a token.
        </p>
      )}
      {isOwn && found.length === 1 && (
        <Note>Make a second one: if you lose the only one, an admin has to invite you again.</Note>
      )}
      <ul class="history">
        {found.map(({ id, name, createdAt }) => (
          <li key={id}>
            <span class="grow">
              <Bdi text={name} />{" "}
              <span class="muted">
                created <Time at={createdAt} />
              </span>
            </span>
            <ConfirmButton word="Remove" what={name} sure="Remove it" onConfirm={() => void remove(id)} />
          </li>
        ))}
      </ul>
      {isOwn && (
        <div class="row picker">
          <button type="button" onClick={() => (isMaking.value = true)}>
            <Icon name="plus" />
            Make a passkey
          </button>
        </div>
      )}
      {isMaking.value && (
        <MakePasskey
          onClose={() => (isMaking.value = false)}
          onDone={() => {
            isMaking.value = false;
            void attempt(load);
          }}
        />
      )}
    </section>
  );
}

async function attemptFor(problem: { value: Problem | undefined }, act: () => Promise<void>): Promise<void> {
  problem.value = undefined;
  try {
    await act();
  } catch (error) {
    const found = problemFrom(error);
    problem.value = { ...found, sentence: passkeyProblem(error) ?? found.sentence };
  }
}

/** The person gives the new passkey a name, and then the browser asks them. */
function MakePasskey({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const problem = useSignal<Problem | undefined>(undefined);
  const isBusy = useSignal(false);
  /** There can be none here, whatever the person types. */
  const isRefused = useSignal(false);
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void attemptFor(problem, async () => void (await begin())).then(() => {
      isRefused.value = problem.value !== undefined && !problem.value.isTemporary;
    });
  }, []);
  const make = async () => {
    isBusy.value = true;
    await attemptFor(problem, async () => {
      const { startRegistration } = await import("@simplewebauthn/browser");
      const { challengeId, optionsJSON } = await begin();
      const answer = await startRegistration({ optionsJSON });
      const credential = JSON.stringify(answer);
      await loginService.finishPasskeyRegistration({ challengeId, credential, name: name.current?.value ?? "" });
      say("Your passkey was made.");
      onDone();
    });
    isBusy.value = false;
  };
  return (
    <Dialog
      title="Make a passkey"
      label="Make a passkey"
      isSmall
      onClose={onClose}
      foot={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form="make-passkey" class="first" disabled={isBusy.value || isRefused.value}>
            {problem.value?.sentence === madeBefore ? "Try another device" : "Make"}
          </button>
        </>
      }
    >
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      <form
        id="make-passkey"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label for="passkey-name">Name of the passkey</label>
        <input
          ref={name}
          id="passkey-name"
          class="wide"
          maxLength={40}
          autocomplete="off"
          placeholder="e.g. My laptop"
        />
        <p class="hint">Your browser then asks for a fingerprint, a PIN or a security key.</p>
      </form>
    </Dialog>
  );
}

/** What to ask the browser for. Throws where no passkey of this person can be, before they are asked for anything. */
async function begin() {
  const { challengeId, options } = await loginService.beginPasskeyRegistration({});
  const optionsJSON = JSON.parse(options);
  requireHost(optionsJSON.rp.id);
  return { challengeId, optionsJSON };
}

/** A passkey belongs to one host. Browsers say little more than that it is the wrong one. */
function requireHost(host: string): void {
  if (location.hostname !== host) throw new WrongHostError(host);
}
