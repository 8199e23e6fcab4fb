import { type Block, readBlocks } from "./markdown.ts";

/**
 * One step that a document asks its reader to do: write a file or run commands. Comments before a block say what it
 * is:
 *
 * - `output`: what the commands of the block before it print, on both streams; `…` stands for anything in a line and,
 *   alone in a line, for any lines,
 * - `file NAME`: the content of a file that later commands use,
 * - `needs PROGRAM`: the commands run only where that program is,
 * - `exit CODE`: the last command ends with that code; without it every command has to succeed,
 * - `before COMMANDS`: what the reader has done already, in a document that does not start at the beginning,
 * - `service NAME=VALUE`: the service of the whole document was started with this in its environment.
 *
 * `greeting`, `example`, `sample`, `program` and `recipe` mark blocks that other tests check.
 */
export interface Step {
  readonly block: Block;
  readonly title: string;
  readonly writes: string | undefined;
  readonly needs: string | undefined;
  readonly before: string | undefined;
  readonly service: string | undefined;
  readonly exitCode: number;
  readonly output: string | undefined;
}

/** The steps of a document. Throws when a mark is unknown or a mark does not fit its block. */
export function readSteps(file: string): Step[] {
  const steps: Step[] = [];
  for (const block of readBlocks(file)) {
    const marks = new Map(block.marks.map((mark) => splitMark(block, mark)));
    if (marks.has("output")) {
      const before = steps.pop();
      if (before === undefined) throw new Error(`${file}:${block.line}: output of nothing`);
      steps.push({ ...before, output: block.text });
    } else if (block.language === "sh" || marks.has("file")) {
      steps.push({
        block,
        title: `line ${block.line}: ${marks.get("file") ?? block.text.split("\n")[0]}`,
        writes: marks.get("file"),
        needs: marks.get("needs"),
        before: marks.get("before"),
        service: marks.get("service"),
        exitCode: Number(marks.get("exit") ?? 0),
        output: undefined,
      });
    }
  }
  return steps;
}

const known = new Set([
  "output",
  "file",
  "needs",
  "exit",
  "before",
  "service",
  "greeting",
  "example",
  "sample",
  "program",
  "recipe",
  "kubernetes",
]);

function splitMark({ file, line }: Block, mark: string): [name: string, argument: string] {
  const [name = "", ...rest] = mark.split(" ");
  if (!known.has(name)) throw new Error(`${file}:${line}: unknown mark "${mark}"`);
  return [name, rest.join(" ")];
}

/** Whether a text is what a document shows; `…` as in `Step`. White space at the end of lines does not count. */
export function isAsShown(actual: string, shown: string): boolean {
  const pattern = shown
    .trimEnd()
    .split("\n")
    .map((line) => (line.trim() === "…" ? "(?:.*\\n)*?" : `${escapeLine(line.trimEnd())}\\n`))
    .join("");
  return new RegExp(`^${pattern}$`).test(`${trimLines(actual)}\n`);
}

/** The text as `isAsShown` compares it. */
export function trimLines(text: string): string {
  return text.replace(/[ \t]+$/gm, "").trimEnd();
}

function escapeLine(line: string): string {
  return line
    .split("…")
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join(".*");
}
