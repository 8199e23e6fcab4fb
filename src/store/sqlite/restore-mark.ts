import type { KeyStore } from "../key-store.ts";
import { StoreError } from "../store-error.ts";

type RestoreMark = Pick<KeyStore, "takeRestoreMark" | "removeRestoreMark">;

/** Nobody can take a mark from somebody else here: whoever restores has the lock of the directory. */
export function createRestoreMark({
  listKeys,
  addKey,
  removeKey,
}: Pick<KeyStore, "listKeys" | "addKey" | "removeKey">): RestoreMark {
  let own: string | undefined;
  const marks = async () => (await listKeys()).filter(({ purpose }) => purpose === "restoring");

  return {
    async takeRestoreMark({ kid, createdAtMs }, former) {
      const found = await marks();
      const isAsExpected = former === undefined ? found.length === 0 : found.some((mark) => mark.kid === former);
      if (!isAsExpected) return false;
      // Until it is there the others stay, so that the store is never without.
      await addKey({ kid, purpose: "restoring", data: new Uint8Array(0), createdAtMs });
      for (const mark of found) if (mark.kid !== kid) await removeKey(mark);
      own = kid;
      return true;
    },
    async removeRestoreMark() {
      const mark = (await marks()).find(({ kid }) => kid === own);
      if (mark === undefined) throw new StoreError("unavailable", "the mark of this restore is no longer in the store");
      await removeKey(mark);
      own = undefined;
    },
  };
}
