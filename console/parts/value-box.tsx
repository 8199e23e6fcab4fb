import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Secret } from "../../gen/secret/v1/secret_service_pb.ts";
import { viewer } from "../account.ts";
import { may, whyNot } from "../model/rights.ts";
import { shownMs, values } from "../value.ts";
import { ActButton } from "./act-button.tsx";
import { Icon } from "./icon.tsx";
import { ProblemNote, say } from "./note.tsx";
import { Region } from "./region.tsx";
import { Time } from "./text.tsx";
import { useAttempt } from "./use-attempt.ts";
import { useShortcuts } from "./use-shortcuts.ts";

const staysThere = "It stays in the clipboard until you copy something else.";

/** The value: hidden until someone asks for it, and only for a while. */
export function ValueBox({ secret }: { secret: Secret }) {
  const { key, version } = secret;
  const shownWith = useSignal<readonly string[] | undefined>(undefined);
  const { isBusy, problem, attempt } = useAttempt();
  const box = useRef<HTMLElement>(null);
  const isShown = shownWith.value !== undefined;
  const refusal = whyNot(secret, "read", viewer.value);

  useEffect(() => values.hide, [key]);
  useEffect(() => values.hideOlder(key, version), [key, version]);

  /** One read at a time, and none that would be refused. */
  const read = (act: () => Promise<void>) => {
    if (isBusy.value) return;
    if (may(secret, "read")) void attempt(act);
    else if (refusal !== undefined) say(refusal);
  };
  const toggle = () => {
    if (values.isShown(key)) values.hide();
    else {
      read(async () => {
        if (box.current === null) return;
        const shown = await values.show(key, box.current, () => {
          shownWith.value = undefined;
        });
        shownWith.value = shown.warnings;
      });
    }
  };
  const copy = () =>
    read(async () => {
      if (navigator.clipboard === undefined) {
        selectShown(box.current);
        return;
      }
      await values.copy(key);
      say(`Copied. ${staysThere}`);
    });
  useShortcuts({ v: toggle, c: copy });

  return (
    <section aria-labelledby="value-title">
      <h2 id="value-title">Value</h2>
      <div class="value">
        {/* Its content is set by the module that holds the value, and never by this component. */}
        <Region label="Value of the secret" class="shown" isHidden={!isShown} elementRef={box} />
        {!isShown && (
          <pre class="dots" aria-hidden="true">
            ••••••••••••••••
          </pre>
        )}
        <ActButton aria-pressed={isShown} refusal={refusal} title="v" onClick={toggle}>
          <Icon name={isShown ? "hide" : "eye"} />
          {isShown ? "Hide" : "Reveal"}
        </ActButton>
        <ActButton refusal={refusal} title="c" onClick={copy}>
          <Icon name="copy" />
          Copy
        </ActButton>
        {isShown && <span class="line" />}
      </div>
      {shownWith.value !== undefined && shownWith.value.length > 0 && (
        <p class="row hint">
          {shownWith.value.map((warning) => (
            <span key={warning} class="chip warn">
              {warning}
            </span>
          ))}
          Copying gives the exact text.
        </p>
      )}
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      <p class="hint">
        {refusal ??
          (isShown ? (
            `Hidden again after ${shownMs / 1000} seconds. This reveal is a record in the audit log.`
          ) : (
            <>
              Set <Time at={secret.valueChangedAt} />. Each reveal and each copy is a record in the audit log.
            </>
          ))}
      </p>
    </section>
  );
}

/** Without a clipboard (no secure connection) the person copies what is selected. */
function selectShown(element: HTMLElement | null): void {
  if (element === null || element.hidden) {
    say("This connection is not secure, so the browser has no clipboard here. Reveal the value and select it.");
    return;
  }
  getSelection()?.selectAllChildren(element);
  say("Selected. Copy it with the keys of your system.");
}
