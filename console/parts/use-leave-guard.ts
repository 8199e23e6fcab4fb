import { useEffect, useRef } from "preact/hooks";
import { account } from "../account.ts";
import { guardLeaving } from "../route.ts";

/** Asks before the page goes elsewhere (`mayLeave`), and before the tab is closed while something would be lost. */
export function useLeaveGuard(isDirty: () => boolean, mayLeave: () => boolean): void {
  const latest = useRef({ isDirty, mayLeave });
  latest.current = { isDirty, mayLeave };
  useEffect(() => {
    const stop = guardLeaving(() => latest.current.mayLeave());
    const beforeUnload = (event: BeforeUnloadEvent) => {
      if (account.value.kind === "in" && latest.current.isDirty()) event.preventDefault();
    };
    addEventListener("beforeunload", beforeUnload);
    return () => {
      stop();
      removeEventListener("beforeunload", beforeUnload);
    };
  }, []);
}

/** Asks only where something would be lost. */
export function mayDiscard(isDirty: boolean, question = "Discard what you typed?"): boolean {
  return !isDirty || confirm(question);
}
