import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";
import { Bdi } from "./text.tsx";

/** What the two fields of each pair hold. */
export type PairHeads = readonly [first: string, second: string];

interface PairProps {
  readonly heads: PairHeads;
  /** Two fields, each with a label of its own for those who hear them. */
  readonly fields: readonly [first: ComponentChildren, second: ComponentChildren];
  /** What is taken away, for those who hear the button without its row. */
  readonly what: string;
  readonly onRemove: () => void;
  /** What has to be known of the pair. */
  readonly below?: string | undefined;
}

/** The heads of pairs that are below each other. On a narrow screen each field has its own. */
export function PairHead({ heads: [first, second] }: { heads: PairHeads }) {
  return (
    <div class="pair pair-head" aria-hidden="true">
      <span>{first}</span>
      <span>{second}</span>
    </div>
  );
}

/** Two fields that belong together, and what takes them away. */
export function Pair({ heads, fields, what, onRemove, below }: PairProps) {
  return (
    <div class="pair">
      {fields.map((field, at) => (
        <div key={heads[at]} class="half">
          <span class="muted small" aria-hidden="true">
            {heads[at]}
          </span>
          {field}
        </div>
      ))}
      <button type="button" class="plain" aria-label={`Remove ${what}`} title="Remove" onClick={onRemove}>
        <Icon name="close" />
      </button>
      {below !== undefined && (
        <p class="stale small">
          <Bdi text={below} />
        </p>
      )}
    </div>
  );
}
