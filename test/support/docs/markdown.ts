import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The checkout that the documents belong to. */
export const repository = join(import.meta.dirname, "../../..");

/** A fenced block of a document. */
export interface Block {
  /** Path of the document in the repository. */
  readonly file: string;
  /** Line of its first fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** The comments right before it, such as `output` for `<!-- output -->`. */
  readonly marks: readonly string[];
}

const fence = /^(\s*)```(\S*)\s*$/;
const comment = /^\s*<!-- (.+) -->\s*$/;

/** The fenced blocks of a document, in order. */
export function readBlocks(file: string): Block[] {
  const lines = readFileSync(join(repository, file), "utf8").split("\n");
  const blocks: Block[] = [];
  let marks: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const opening = fence.exec(line);
    const mark = comment.exec(line)?.[1];
    if (opening !== null) {
      const [, indent = "", language = ""] = opening;
      const start = at;
      at = lines.findIndex((candidate, index) => index > start && candidate === `${indent}\`\`\``);
      if (at === -1) throw new Error(`${file}:${start + 1}: the block has no end`);
      const text = lines.slice(start + 1, at).map((content) => content.slice(indent.length));
      blocks.push({ file, line: start + 1, language, text: text.join("\n"), marks });
      marks = [];
    } else if (mark !== undefined) {
      marks.push(mark);
    } else if (line.trim() !== "") {
      marks = [];
    }
  }
  return blocks;
}
