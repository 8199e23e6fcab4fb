import fc from "fast-check";

/** One change of some bytes. Positions are parts of the whole, so that they fit any length. */
interface Edit {
  readonly at: number;
  readonly drop: number;
  readonly insert: Uint8Array;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat(8),
  insert: fc.oneof(
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 4 }) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...["", "\0", "\r\n", "\n", " ", "\xff\xff\xff\xff", "\x7f", "%00", "../"])
        .map(toBytes),
    },
  ),
});

function toBytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** Mostly as they are, else with a few of their bytes changed. */
export function damaged(whole: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const edits = fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(edit, { minLength: 1, maxLength: 4 }) },
  );
  return fc.tuple(whole, edits).map(([bytes, changes]) => changes.reduce(applyEdit, bytes));
}

/** The same for texts. */
export function damagedText(whole: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return damaged(whole.map((text) => Buffer.from(text))).map((bytes) => Buffer.from(bytes).toString());
}

function applyEdit(bytes: Uint8Array, { at, drop, insert }: Edit): Uint8Array {
  const start = Math.floor(at * bytes.length);
  return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + drop)]);
}
