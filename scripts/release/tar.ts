import { gzipSync } from "node:zlib";

/** A file, a folder or a symbolic link of an archive. */
export interface Entry {
  /** Relative, with `/`. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
  readonly mode: number;
  readonly content?: Buffer;
  /** What a symbolic link points at. */
  readonly target?: string;
  /** User and group in one number: the images have no others. */
  readonly owner?: number;
}

const block = 512;
const types = { file: "0", folder: "5", link: "2" } as const;

/** A tar archive (ustar) with the same bytes for the same entries: sorted, all of one time, owned by root. */
export function tar(entries: readonly Entry[], seconds: number): Buffer {
  const sorted = entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  const parts = sorted.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    return [header(entry, content.length, seconds), content, Buffer.alloc(padding(content.length))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

/** The same, compressed. */
export function tarGz(entries: readonly Entry[], seconds: number): Buffer {
  return gzip(tar(entries, seconds));
}

/** Compressed, with the same bytes on every system. */
export function gzip(content: Buffer): Buffer {
  const compressed = gzipSync(content);
  // The system that it was compressed on, which zlib fills in; 255 is "unknown".
  compressed[9] = 255;
  return compressed;
}

function padding(length: number): number {
  return (block - (length % block)) % block;
}

function header({ path, kind, mode, target = "", owner = 0 }: Entry, size: number, seconds: number): Buffer {
  const bytes = Buffer.alloc(block);
  const text = (value: string, at: number, length: number) => {
    if (Buffer.byteLength(value) > length) throw new Error(`${path}: too long for a tar archive`);
    bytes.write(value, at);
  };
  const octal = (value: number, at: number, length: number) =>
    text(value.toString(8).padStart(length - 1, "0"), at, length - 1);
  const { prefix, name } = splitPath(kind === "folder" ? `${path}/` : path);
  text(name, 0, 100);
  octal(mode, 100, 8);
  octal(owner, 108, 8);
  octal(owner, 116, 8);
  octal(size, 124, 12);
  octal(seconds, 136, 12);
  // The sum is made as if its own field were blanks.
  bytes.fill(" ", 148, 156);
  text(types[kind], 156, 1);
  text(target, 157, 100);
  text("ustar", 257, 6);
  text("00", 263, 2);
  text(prefix, 345, 155);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return bytes;
}

/** A name has 100 bytes; what comes before one of its slashes may have 155 more. */
function splitPath(path: string): { readonly prefix: string; readonly name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: "", name: path };
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const name = path.slice(at + 1);
    if (name !== "" && Buffer.byteLength(name) <= 100) return { prefix: path.slice(0, at), name };
  }
  throw new Error(`${path}: too long for a tar archive`);
}
