import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { WhoAmIResponse } from "../../gen/secret/v1/identity_service_pb.ts";
import { type ListLoginMethodsResponse, LoginMethodKind } from "../../gen/secret/v1/login_service_pb.ts";
import { openSession, type Proof, previewOf } from "../account.ts";
import { loginService, problemFrom } from "../api.ts";
import type { Problem } from "../model/words.ts";
import { Icon } from "../parts/icon.tsx";
import { Note, ProblemNote } from "../parts/note.tsx";
import { passkeyProblem } from "../parts/passkey-problem.ts";
import { Bdi } from "../parts/text.tsx";
import { takeOneTimeCode } from "../route.ts";

/** A person came with a one-time code, or back from a provider. The page never signs in without asking. */
interface Asked {
  readonly proof: Proof;
  readonly who: WhoAmIResponse;
}

const refused: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: "This token is not known here: it is mistyped, expired or revoked.",
  LOGIN_EXPIRED: "This link was used already, or took too long. Begin again.",
};

const refusedPasskey: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: "This passkey is not known here: it was removed, or belongs to another service.",
  LOGIN_EXPIRED: "This took too long. Try again.",
};

export function SignIn({ why }: { why: string | undefined }) {
  const [methods, setMethods] = useState<ListLoginMethodsResponse | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const [usesToken, setUsesToken] = useState(false);

  const attempt = async (act: () => Promise<void>, words = refused) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
    } catch (error) {
      const found = problemFrom(error);
      const sentence = passkeyProblem(error) ?? words[found.reason] ?? found.sentence;
      setProblem({ ...found, sentence, help: undefined });
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    loginService.listLoginMethods({}).then(setMethods, (error: unknown) => {
      const found = problemFrom(error);
      if (found.reason !== "UNIMPLEMENTED") setProblem(found);
    });
    const code = takeOneTimeCode();
    if (code === undefined) return;
    const proof: Proof = code.kind === "claim" ? {} : { handoff: code.code };
    void attempt(async () => setAsked({ proof, who: await previewOf(proof) }));
  }, []);

  if (asked !== undefined) {
    const { slug, tenant, displayName } = asked.who;
    const enter = () => attempt(() => openSession(asked.proof).catch(failAsked(setAsked)));
    return (
      <Card>
        <h1>
          Sign in as <Bdi text={slug} />?
        </h1>
        <p class="muted">
          {displayName !== "" && (
            <>
              <Bdi text={displayName} />,{" "}
            </>
          )}
          tenant <Bdi text={tenant} />
        </p>
        <Host />
        {problem !== undefined && <ProblemNote problem={problem} />}
        <button type="button" class="first wide" disabled={isBusy} onClick={() => void enter()}>
          Sign in as {slug}
        </button>
        <button type="button" class="wide" onClick={() => setAsked(undefined)}>
          Someone else
        </button>
      </Card>
    );
  }
  const offered = methods?.methods ?? [];
  const showsToken =
    usesToken || (methods !== undefined && offered.length === 0) || (methods === undefined && problem !== undefined);
  return (
    <Card>
      <h1>Sign in</h1>
      <Host />
      {why !== undefined && problem === undefined && <Note>{why}</Note>}
      <PasskeysElsewhere methods={methods} />
      {problem !== undefined && <ProblemNote problem={problem} />}
      {offered.map(({ id, name, kind }) =>
        kind === LoginMethodKind.PASSKEY ? (
          <button
            key={id}
            type="button"
            class="first wide"
            disabled={isBusy}
            onClick={() => void attempt(usePasskey, refusedPasskey)}
          >
            Sign in with {name}
          </button>
        ) : (
          <a key={id} class="button first wide" href={`/login/start?with=${encodeURIComponent(id)}`}>
            Sign in with <Bdi text={name} />
          </a>
        ),
      )}
      {showsToken ? (
        <TokenForm isBusy={isBusy} onToken={(token) => attempt(() => openSession({ token }))} />
      ) : (
        offered.length > 0 && (
          <button type="button" class="link" onClick={() => setUsesToken(true)}>
            Use a token instead
          </button>
        )
      )}
    </Card>
  );
}

/** A one-time code that was used cannot be tried again: the question goes away with it. */
function failAsked(setAsked: (asked: undefined) => void) {
  return (error: unknown) => {
    setAsked(undefined);
    throw error;
  };
}

async function usePasskey(): Promise<void> {
  const { startAuthentication } = await import("@simplewebauthn/browser");
  const { challengeId, options } = await loginService.beginPasskeyLogin({});
  const answer = await startAuthentication({ optionsJSON: JSON.parse(options) });
  const { handoff } = await loginService.finishPasskeyLogin({ challengeId, credential: JSON.stringify(answer) });
  await openSession({ handoff });
}

/** A passkey belongs to one address. A page at another one cannot offer it, but can say where it works. */
function PasskeysElsewhere({ methods }: { methods: ListLoginMethodsResponse | undefined }) {
  const url = methods?.passkeyUrl ?? "";
  if (url === "" || methods?.methods.some(({ kind }) => kind === LoginMethodKind.PASSKEY)) return null;
  return (
    <Note>
      To sign in with a passkey, open <a href={`${url}/console/`}>{new URL(url).host}</a> instead.
    </Note>
  );
}

/** Where this is. A person looks at it before they type anything. */
function Host() {
  return (
    <span class="host">
      <b>{location.host}</b>
    </span>
  );
}

function Card({ children }: { children: ComponentChildren }) {
  return (
    <main class="sign-in">
      <div class="card">
        <div class="brand">
          <Icon name="brand" />
          secrets
        </div>
        {children}
      </div>
    </main>
  );
}

function TokenForm({ isBusy, onToken }: { isBusy: boolean; onToken: (token: string) => Promise<void> }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? "";
    if (token === "") return;
    await onToken(token);
    if (field.current !== null) field.current.value = "";
  };
  return (
    <form onSubmit={submit}>
      <label for="token">Token</label>
      <input
        ref={field}
        id="token"
        class="wide mono"
        type="password"
        autocomplete="off"
        spellcheck={false}
        placeholder="oo_…"
        aria-describedby="token-hint"
      />
      <p id="token-hint" class="hint field">
        It opens a session of at most 8 hours, and is not stored here. Without one, ask an admin.
      </p>
      <button type="submit" class="first wide" disabled={isBusy}>
        {isBusy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}
