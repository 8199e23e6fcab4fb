import type { KeyStore } from "../key-store.ts";
import { StoreError } from "../store-error.ts";

type RestoreMark = Pick<KeyStore, "takeRestoreMark" | "removeRestoreMark">;

/** No process can take the mark from another one here, because a restore holds the lock of the directory. */
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
      // The others stay until the new mark is stored, so that the store never lacks one.
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
