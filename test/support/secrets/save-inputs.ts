import type { SaveInput } from "../../../src/secrets/save-input.ts";
import { aLists } from "../store/rows.ts";

/** One secret of a save as a request has it when nothing but the key and the value was sent. */
export function aSaveInput(key: string, more: Partial<SaveInput> = {}): SaveInput {
  return {
    id: "",
    key,
    value: "a value",
    encrypted: false,
    checksum: "",
    checksumAlgorithm: "",
    lists: aLists(),
    metadata: [],
    clear: [],
    ifVersion: undefined,
    owner: "",
    ...more,
  };
}
