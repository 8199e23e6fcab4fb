import { useEffect } from "preact/hooks";
import { account, accountNumber } from "../account.ts";
import { forgetFolders } from "../folders.ts";
import { forgetNames } from "../names.ts";
import { forgetSecrets, startStore, stopStore } from "../store.ts";
import { Lazy } from "./lazy.tsx";
import { ProblemNote, Skeleton, Toast } from "./note.tsx";
import { Shell } from "./shell.tsx";

const loadSignIn = () => import("../screens/sign-in.tsx").then((module) => module.SignIn);

/**
 * Either the page or the sign-in. When a session ends, the page stays behind the sign-in, hidden and without a value,
 * so that what was typed is there again for the same person.
 */
export function App() {
  const now = account.value;
  const signedIn = now.kind === "in" || now.kind === "over";
  return (
    <>
      {signedIn && (
        <div hidden={now.kind === "over"} inert={now.kind === "over"}>
          <SignedIn key={accountNumber.value} />
        </div>
      )}
      {(now.kind === "out" || now.kind === "over") && <Lazy load={loadSignIn} props={{ why: now.why }} />}
      {now.kind === "starting" && <Skeleton rows={10} />}
      {now.kind === "unreachable" && (
        <main class="inner">
          <h1 class="bar">secrets</h1>
          <ProblemNote problem={now.problem} retry={() => location.reload()} />
        </main>
      )}
      <Toast />
    </>
  );
}

function SignedIn() {
  const session = account.value.kind === "in" ? account.value.who.tokenId : undefined;
  useEffect(() => {
    if (session === undefined) {
      stopStore();
      return undefined;
    }
    startStore(session);
    return stopStore;
  }, [session]);
  useEffect(
    () => () => {
      forgetNames();
      forgetFolders();
      forgetSecrets();
    },
    [],
  );
  return <Shell />;
}
