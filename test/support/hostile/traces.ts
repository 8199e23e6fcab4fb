import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A text that is nowhere else, to look for afterwards. */
export interface Canary {
  readonly name: string;
  /** Not a well-formed key, slug or field name: it has characters that none of them may have. */
  readonly text: string;
  /** What to look for: long enough to be no accident, in each encoding that a log, a dump or a format might use. */
  readonly forms: readonly Buffer[];
}

export function createCanary(name: string): Canary {
  const core = `Kq${randomBytes(12).toString("hex")}Zx`;
  return { name, text: `!canary ${core}`, forms: formsOf(Buffer.from(core)) };
}

/** A canary for bytes or text that others made, such as a key or a token. */
export function canaryOf(name: string, text: string, bytes: Buffer = Buffer.from(text)): Canary {
  return { name, text, forms: [...formsOf(bytes), ...formsOf(Buffer.from(text))] };
}

function formsOf(bytes: Buffer): readonly Buffer[] {
  const text = bytes.toString("latin1");
  const texts = [
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...base64Forms(bytes),
    [...text].reverse().join(""),
    encodeURIComponent(text),
  ];
  const wide = Buffer.from(text, "utf16le");
  return [bytes, wide, Buffer.from(wide).swap16(), ...texts.map((each) => Buffer.from(each))];
}

/** Base64 shifts with the position in what is encoded: the middle, which depends on nothing else, in all three. */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const middle = encoded.slice(shift === 0 ? 0 : shift + 1, -1);
    return [middle, middle.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** Which canaries are in what someone saw; named, never shown. */
export function tracesIn(seen: string | Uint8Array, canaries: readonly Canary[]): readonly string[] {
  const bytes = Buffer.from(seen);
  return canaries.filter(({ forms }) => forms.some((form) => bytes.includes(form))).map(({ name }) => name);
}

/** Which canaries are in which files below a folder. */
export function tracesInFiles(folder: string, canaries: readonly Canary[]): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ parentPath, name }) =>
    tracesIn(readFileSync(join(parentPath, name)), canaries).map((canary) => `${canary} in ${name}`),
  );
}
