import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Problem } from "../model/words.ts";
import { Icon } from "./icon.tsx";

type Kind = "info" | "ok" | "warn" | "bad";

const icons = { info: "info", ok: "check", warn: "alert", bad: "alert" } as const;

export function Note({ kind = "info", children }: { kind?: Kind; children: ComponentChildren }) {
  return (
    <div class={`note ${kind}`} role={kind === "bad" || kind === "warn" ? "alert" : "status"}>
      <Icon name={icons[kind]} />
      <div class="grow">{children}</div>
    </div>
  );
}

/** A refused call: what the service says, what would help, and to try again where that may succeed. */
export function ProblemNote({ problem, retry }: { problem: Problem; retry?: (() => void) | undefined }) {
  const offersRetry = retry !== undefined && problem.isTemporary;
  return (
    <Note kind={problem.isTemporary ? "warn" : "bad"}>
      {problem.sentence} {problem.help}
      {offersRetry && (
        <div>
          <button type="button" onClick={retry}>
            Try again
          </button>
        </div>
      )}
    </Note>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

const widths = ["44%", "61%", "35%", "52%"];

/** What stands in the place of rows until they are there. */
export function Skeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} class="skeleton" style={{ width: widths[at % widths.length] }} />
      ))}
    </div>
  );
}

const toast = signal<string | undefined>(undefined);
let hiding: ReturnType<typeof setTimeout> | undefined;

/** Says in passing that something was done. */
export function say(text: string): void {
  clearTimeout(hiding);
  toast.value = text;
  hiding = setTimeout(() => {
    toast.value = undefined;
  }, 5000);
}

export function Toast() {
  return (
    <div role="status" aria-live="polite">
      {toast.value !== undefined && (
        <div key={toast.value} class="toast" popover="manual" ref={(element) => element?.showPopover()}>
          {toast.value}
        </div>
      )}
    </div>
  );
}
