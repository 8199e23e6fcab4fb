import type { ComponentChildren, Ref } from "preact";

export interface RegionProps {
  readonly label: string;
  readonly class: string;
  readonly id?: string;
  readonly elementRef?: Ref<HTMLElement> | undefined;
  /** Absent: the content is set by other code. */
  readonly children?: ComponentChildren;
  readonly isHidden?: boolean;
}

/** A part of the page that scrolls: named, and reachable by keyboard. */
export function Region({ label, class: className, id, elementRef = null, isHidden = false, children }: RegionProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it, only a pointer could scroll
    <section hidden={isHidden} ref={elementRef} id={id} class={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
