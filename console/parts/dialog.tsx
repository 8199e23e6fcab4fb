import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { account } from "../account.ts";
import { onLeave } from "../route.ts";
import { Icon } from "./icon.tsx";
import { Region } from "./region.tsx";
import { mayDiscard, useLeaveGuard } from "./use-leave-guard.ts";

export interface DialogProps {
  readonly title: ComponentChildren;
  readonly label: string;
  readonly isSmall?: boolean;
  /** Whether something was typed that would be lost. Esc, the cross, Back and closing the tab ask then. */
  readonly isDirty?: () => boolean;
  readonly onClose: () => void;
  /** What it asks then. */
  readonly question?: string;
  /** Another dialog is in its place for a while: it is closed, and keeps what is in it. */
  readonly isAside?: boolean;
  /** Nothing can be typed, and it stays open: what is there is being stored. */
  readonly isBusy?: boolean;
  readonly foot?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A native modal dialog. The browser moves the focus into it, and back to where it came from. */
export function Dialog({
  title,
  label,
  isSmall = false,
  isDirty = () => false,
  question,
  isAside = false,
  isBusy = false,
  onClose,
  foot,
  children,
}: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const isSignedIn = account.value.kind === "in";
  // A modal dialog makes everything else inert, the sign-in also: it waits, closed, until the same person is back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!isSignedIn || isAside) return undefined;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [isSignedIn, isAside]);
  // While it is stored, it stays: the answer would close the dialog that is opened next. Once it is stored, nothing is
  // typed any more, and the page may go on before this is drawn again.
  const mayClose = () => !isDirty() || (!isBusy && mayDiscard(true, question));
  const close = () => {
    if (mayClose()) onClose();
  };
  useLeaveGuard(isDirty, mayClose);
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    const stop = onLeave(() => latest.current());
    return () => void stop();
  }, []);
  return (
    <dialog
      ref={ref}
      class={isSmall ? "slim" : ""}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <div class="dialog-head">
        <h1>{title}</h1>
        <button type="button" class="plain" aria-label="Close" disabled={isBusy} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <Region label={label} class="dialog-body">
        <div inert={isBusy}>{children}</div>
      </Region>
      {Boolean(foot) && <div class="dialog-foot">{foot}</div>}
    </dialog>
  );
}
