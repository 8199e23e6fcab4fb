import type { ComponentChildren } from "preact";
import { say } from "./note.tsx";

interface ActButtonProps {
  /** Why it cannot be used, and what would help. Undefined: it can. */
  readonly refusal: string | undefined;
  readonly onClick: () => void;
  readonly class?: string;
  readonly title?: string;
  readonly "aria-pressed"?: boolean;
  readonly children: ComponentChildren;
}

/** A button that is never hidden: when it cannot be used it says why, in its title and when it is pressed. */
export function ActButton({ refusal, onClick, title, children, ...rest }: ActButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={refusal !== undefined}
      title={refusal ?? title}
      onClick={() => (refusal === undefined ? onClick() : say(refusal))}
    >
      {children}
    </button>
  );
}
