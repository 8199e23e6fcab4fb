import fc from "fast-check";
import type { Draft } from "../../../console/model/lists.ts";

const names = fc.uniqueArray(fc.constantFrom("alice", "bob", "carol", "payments"), { maxLength: 4 });
const metadata = fc
  .dictionary(fc.constantFrom("expires", "issuer", "note"), fc.constantFrom("1", "2", "3"))
  .map((pairs) => Object.entries(pairs));

/** Made-up access lists and metadata, of few names so that they often have some in common. */
export const drafts: fc.Arbitrary<Draft> = fc.record({
  lists: fc.record({
    readers: names,
    writers: names,
    deleters: names,
    canChangeReaders: names,
    canChangeWriters: names,
    canChangeDeleters: names,
  }),
  metadata,
});
