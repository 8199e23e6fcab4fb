import { useEffect, useRef } from "preact/hooks";
import { addShortcuts, type Shortcuts } from "../keys.ts";

/** Adds keys while a component is shown. What they do may change with each drawing; the keys must not. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(
    () =>
      addShortcuts(
        Object.fromEntries(Object.keys(latest.current).map((key) => [key, () => latest.current[key]?.()] as const)),
      ),
    [],
  );
}
