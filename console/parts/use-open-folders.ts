import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { openFolder } from "../folders.ts";
import { type Folder, type Item, openAtFirst } from "../model/tree.ts";
import { loadState } from "../store.ts";

/** Folders that are open. They stay open while other screens are shown. Undefined: the page still chooses them. */
const openFolders = signal<ReadonlySet<string> | undefined>(undefined);

/** So many rows are seen at once, or nearly. */
const rowsAtFirst = 26;

const none: ReadonlySet<string> = new Set();

/** The folders of the tree that are open, and what opens or closes some. */
export function useOpenFolders<I extends Item>(tree: Folder<I>) {
  const { done, more } = loadState.value;
  const chosen = openFolders.value;
  // Of what is not loaded no one knows whether it fits.
  const open = useMemo(() => chosen ?? (more ? none : openAtFirst(tree, rowsAtFirst)), [tree, chosen, more]);
  // Later changes neither open nor close what a person looks at.
  useEffect(() => {
    if (done && !more && chosen === undefined) openFolders.value = open;
  }, [done, more, chosen, open]);
  const setOpen = (paths: readonly string[], isOpen: boolean) => {
    if (isOpen) for (const path of paths) openFolder(path);
    const next = new Set(openFolders.value ?? open);
    for (const path of paths) {
      if (isOpen) next.add(path);
      else next.delete(path);
    }
    openFolders.value = next;
  };
  return { open, setOpen };
}
