/** What a key does, by the key. `g s` is two keys one after the other. */
export type Shortcuts = Readonly<Record<string, () => void>>;

const layers: Shortcuts[] = [];

/** How long a second key may take. */
const sequenceMs = 1500;

let pending: { readonly key: string; readonly untilMs: number } | undefined;

/** Adds keys, which outrank those that were added before, until the returned function is called. */
export function addShortcuts(shortcuts: Shortcuts): () => void {
  layers.push(shortcuts);
  return () => {
    const at = layers.indexOf(shortcuts);
    if (at >= 0) layers.splice(at, 1);
  };
}

/** Keys of the page. None while something is being typed, none in a dialog, and none with Ctrl, Alt or Meta. */
export function followKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]") !== null) {
      pending = undefined;
      return;
    }
    const { key, timeStamp } = event;
    const sequence = pending !== undefined && timeStamp < pending.untilMs ? `${pending.key} ${key}` : undefined;
    pending = undefined;
    const act = (sequence === undefined ? undefined : find(sequence)) ?? find(key);
    if (act !== undefined) {
      event.preventDefault();
      act();
    } else if (layers.some((layer) => Object.keys(layer).some((name) => name.startsWith(`${key} `)))) {
      pending = { key, untilMs: timeStamp + sequenceMs };
    }
  });
}

function find(name: string): (() => void) | undefined {
  return layers.findLast((layer) => Object.hasOwn(layer, name))?.[name];
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
