import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { LoginMethodKind, type Passkey } from "../../gen/secret/v1/login_service_pb.ts";
import { loginService, problemFrom } from "../api.ts";
import type { Problem } from "../model/words.ts";
import { Note, ProblemNote, say } from "./note.tsx";
import { Bdi, Time } from "./text.tsx";

/** The viewer's own passkeys. Not shown where the service has no passkeys. */
export function Passkeys() {
  const passkeys = useSignal<readonly Passkey[] | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const load = async () => {
    const { methods } = await loginService.listLoginMethods({});
    if (!methods.some(({ kind }) => kind === LoginMethodKind.PASSKEY)) return;
    passkeys.value = (await loginService.listPasskeys({})).passkeys;
  };
  useEffect(() => {
    load().catch(() => undefined);
  }, []);
  const attempt = async (act: () => Promise<void>) => {
    problem.value = undefined;
    try {
      await act();
      await load();
    } catch (error) {
      problem.value = problemFrom(error);
    }
  };
  const make = () =>
    attempt(async () => {
      const { startRegistration } = await import("@simplewebauthn/browser");
      const { challengeId, options } = await loginService.beginPasskeyRegistration({});
      const answer = await startRegistration({ optionsJSON: JSON.parse(options) });
      await loginService.finishPasskeyRegistration({
        challengeId,
        credential: JSON.stringify(answer),
        name: "Passkey",
      });
      say("The passkey is stored.");
    });
  if (passkeys.value === undefined) return null;
  return (
    <section class="field" aria-labelledby="passkeys-title">
      <h2 id="passkeys-title">Your passkeys</h2>
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      {passkeys.value.length === 1 && (
        <Note>Make a second one: if you lose the only one, an admin has to invite you again.</Note>
      )}
      <ul class="history">
        {passkeys.value.map(({ id, name, createdAt }) => (
          <li key={id}>
            <span class="grow">
              <Bdi text={name} />{" "}
              <span class="muted">
                made <Time at={createdAt} />
              </span>
            </span>
            <button
              type="button"
              onClick={() => void attempt(async () => void (await loginService.removePasskey({ id })))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <div class="row picker">
        <button type="button" onClick={() => void make()}>
          Make a passkey
        </button>
      </div>
    </section>
  );
}
