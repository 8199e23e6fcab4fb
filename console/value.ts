import { signal } from "@preact/signals";
import { SecretView } from "../gen/secret/v1/secret_service_pb.ts";
import { onSessionEnd } from "./account.ts";
import { secretService } from "./api.ts";
import { piecesOf, warningsOf } from "./model/marks.ts";
import { onLeave } from "./route.ts";

/** How long a value is shown. */
export const shownMs = 30_000;

/** Counts the values that were read here, so that what depends on reads is asked for again. */
export const readCount = signal(0);

/** Which value is shown; never the value itself, which only the closure below has. */
export interface Shown {
  readonly key: string;
  readonly version: number;
  readonly warnings: readonly string[];
}

/**
 * The values that a person has asked to see or to copy. No signal, property, attribute or storage ever holds one: it is
 * in a variable of this function, and for as long as it is shown in a text node.
 */
function createValues() {
  let open: { readonly shown: Shown; readonly content: string | Uint8Array; readonly hide: () => void } | undefined;

  /** Reads one value: one record in the audit log. */
  async function read(key: string): Promise<{ readonly content: string | Uint8Array; readonly version: number }> {
    const { secrets } = await secretService.listSecrets({ keys: [key], view: SecretView.FULL });
    const [secret] = secrets;
    const content = secret?.value ?? secret?.valueBytes;
    if (secret === undefined || content === undefined) throw new Error("the service did not return a value");
    readCount.value += 1;
    return { content, version: secret.version };
  }

  function hide(): void {
    open?.hide();
    open = undefined;
  }

  return {
    hide,
    isShown: (key: string) => open?.shown.key === key,
    /** Shows the value in an element. `onHide` is called when it is hidden again, for whatever reason. */
    async show(key: string, element: HTMLElement, onHide: () => void): Promise<Shown> {
      hide();
      const { content, version } = await read(key);
      hide();
      if (typeof content === "string") putText(element, content);
      else putDownload(element, content, nameOf(key));
      const timer = setTimeout(hide, shownMs);
      const shown = { key, version, warnings: typeof content === "string" ? warningsOf(content) : [] };
      const clear = () => {
        clearTimeout(timer);
        element.replaceChildren();
        onHide();
      };
      open = { shown, content, hide: clear };
      return shown;
    },
    /** Copies the value: the one that is shown, or else one that is read for this and never shown. */
    async copy(key: string): Promise<void> {
      const known = open?.shown.key === key ? open.content : undefined;
      if (known !== undefined) return navigator.clipboard.writeText(requireText(known));
      // The clipboard takes a promise, so the browser still sees the click that all this began with.
      const blob = read(key).then((found) => new Blob([requireText(found.content)], { type: "text/plain" }));
      blob.catch(() => undefined);
      try {
        await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
      } catch (error) {
        await blob;
        throw error;
      }
    },
    /** A newer version was saved, so this one is no longer the value. */
    hideOlder(key: string, version: number): void {
      if (open?.shown.key === key && open.shown.version < version) hide();
    },
  };
}

function requireText(content: string | Uint8Array): string {
  if (typeof content === "string") return content;
  throw new Error("The value is bytes, which a clipboard of text would change: reveal it and download it");
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** Bytes are not shown. The file is made when the person asks for it, and its address is forgotten at once. */
function putDownload(element: HTMLElement, bytes: Uint8Array, name: string): void {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = bytes.length === 1 ? "Download 1 byte" : `Download ${bytes.length} bytes`;
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "application/octet-stream" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  element.replaceChildren(button);
}

/** Characters that cannot be seen are shown as marks. Everything goes in as text, so nothing in it becomes markup. */
function putText(element: HTMLElement, text: string): void {
  const nodes = piecesOf(text, { lines: true }).map((piece) => {
    if ("text" in piece) return document.createTextNode(piece.text);
    const mark = document.createElement("span");
    mark.className = "mark-char";
    mark.textContent = piece.mark;
    return mark;
  });
  element.replaceChildren(...nodes);
}

export const values = createValues();

/** A value must not stay on a screen that no one looks at. */
export function hideValuesWhenLeft(): void {
  onLeave(values.hide);
  onSessionEnd(values.hide);
  document.addEventListener("visibilitychange", () => document.hidden && values.hide());
  addEventListener("pagehide", values.hide);
}
