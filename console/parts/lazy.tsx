import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Note } from "./note.tsx";

interface LazyProps<Props> {
  /** The same function each time: it is called once for each component that is shown. */
  readonly load: () => Promise<ComponentType<Props>>;
  readonly props: Props;
  readonly meanwhile?: ComponentChildren;
}

/** What was loaded, by the function that loads it: it is shown again without waiting. */
const known = new WeakMap<object, unknown>();

/** A component of a file that is loaded when it is first shown. */
export function Lazy<Props extends object>({ load, props, meanwhile }: LazyProps<Props>) {
  const [loaded, setLoaded] = useState<{ readonly Content: ComponentType<Props> } | "failed" | undefined>(() => {
    const Content = known.get(load) as ComponentType<Props> | undefined;
    return Content === undefined ? undefined : { Content };
  });
  useEffect(() => {
    if (known.has(load)) return;
    load().then(
      (Content) => {
        known.set(load, Content);
        setLoaded({ Content });
      },
      () => setLoaded("failed"),
    );
  }, [load]);
  if (loaded === "failed") {
    return (
      <div class="page inner">
        <Note kind="warn">
          This part of the page could not be loaded: the service does not answer, or has a newer version.
          <div>
            <button type="button" onClick={() => location.reload()}>
              Load the page again
            </button>
          </div>
        </Note>
      </div>
    );
  }
  return loaded === undefined ? meanwhile : <loaded.Content {...props} />;
}
