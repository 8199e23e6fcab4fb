import { useSignal } from "@preact/signals";
import type { PairDifference } from "../model/differences.ts";
import { expiresMs, expiresText, secretSpans } from "../model/expiry.ts";
import type { Metadata } from "../model/lists.ts";
import { ExpiryField } from "./expiry-field.tsx";
import { Icon } from "./icon.tsx";
import { Pair, PairHead, type PairHeads } from "./pair.tsx";

interface MetadataFieldsProps {
  readonly pairs: Metadata;
  /** What a newer version has instead of what the fields show. */
  readonly newer?: readonly PairDifference[] | undefined;
  readonly isDisabled: boolean;
  readonly onChange: (pairs: Metadata) => void;
}

const heads: PairHeads = ["Name", "Text"];
const suggested = ["expires", "rotation_interval"];
const examples: Readonly<Record<string, string>> = { rotation_interval: "e.g. 90d" };

/** Pairs of a name and a text. Two names have a meaning: they are suggested, and cannot be edited. */
export function MetadataFields({ pairs, newer, isDisabled, onChange }: MetadataFieldsProps) {
  /** The name that is being typed: until that is done, it may become a longer one. */
  const typing = useSignal<number | undefined>(undefined);
  const change = (at: number, pair: readonly [string, string]) => onChange(pairs.with(at, pair));
  const missing = suggested.filter((name) => !pairs.some(([other]) => other === name));
  return (
    <fieldset class="field" disabled={isDisabled}>
      <legend>
        Metadata{" "}
        <span class="muted">
          <code>expires</code> and <code>rotation_interval</code> decide when it expires and when its rotation is due
        </span>
      </legend>
      {pairs.length > 0 && <PairHead heads={heads} />}
      {pairs.map(([name, text], at) => (
        <Pair
          key={at}
          heads={heads}
          fields={[
            suggested.includes(name) && typing.value !== at ? (
              <code class="fixed">{name}</code>
            ) : (
              <input
                aria-label={`Name ${at + 1}`}
                value={name}
                spellcheck={false}
                onFocus={() => (typing.value = at)}
                onBlur={() => (typing.value = undefined)}
                onInput={(event) => change(at, [event.currentTarget.value, text])}
              />
            ),
            name === "expires" ? (
              <Expires text={text} onChange={(next) => change(at, [name, next])} />
            ) : (
              <input
                aria-label={`Text of ${name || `name ${at + 1}`}`}
                value={text}
                spellcheck={false}
                placeholder={examples[name]}
                onInput={(event) => change(at, [name, event.currentTarget.value])}
              />
            ),
          ]}
          what={name || `pair ${at + 1}`}
          onRemove={() => onChange(pairs.toSpliced(at, 1))}
          below={newer?.filter((pair) => pair.name === name && pair.after !== text).map(newerWords)[0]}
        />
      ))}
      <div class="row">
        <button type="button" onClick={() => onChange([...pairs, ["", ""]])}>
          <Icon name="plus" />
          Add a pair
        </button>
        {missing.map((name) => (
          <button key={name} type="button" class="link" onClick={() => onChange([...pairs, [name, ""]])}>
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

/** A text that says no time is shown as it is: the service would refuse it. */
function Expires({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const at = expiresMs(text);
  return (
    <>
      <ExpiryField
        label="Text of expires"
        at={at}
        spans={secretSpans}
        onChange={(next) => onChange(next === undefined ? "" : expiresText(next))}
      />
      {at === undefined && text !== "" && <p class="field-error">“{text}” is not a time: choose one.</p>}
    </>
  );
}

function newerWords({ after }: PairDifference): string {
  return after === undefined ? "The newer version does not have this pair." : `The newer version has: ${after}`;
}
