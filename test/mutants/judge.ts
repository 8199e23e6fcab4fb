import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyPlace, type Place } from "./places.ts";
import { runTests } from "./run-tests.ts";

/** `not called`: no test calls a function of the file. */
export type Verdict = "noticed" | "unnoticed" | "not called";

export interface JudgeOptions {
  readonly folder: string;
  readonly place: Place;
  readonly source: string;
  /** Those that call the file, the most promising first. */
  readonly tests: readonly { readonly test: string; readonly ms: number }[];
}

/** Most changes are noticed by the first few tests, so these run alone at first. */
const firstTests = 4;
/** Of the other tests, as many as take this long together when nothing else runs. */
const othersMs = 60_000;
/** Tests that do not end have noticed the change as well. */
const hangsMs = 180_000;

/** Makes the change in the copy, and runs tests until one of them fails. The caller takes the change back. */
export async function judge({ folder, place, source, tests }: JudgeOptions): Promise<Verdict> {
  if (tests.length === 0) return "not called";
  writeFileSync(join(folder, place.file), applyPlace(source, place));
  for (const files of [tests.slice(0, firstTests), affordable(tests.slice(firstTests))]) {
    if (files.length === 0) continue;
    const args = ["--bail=1"];
    const { result } = await runTests({ folder, files: files.map(({ test }) => test), args, limitMs: hangsMs });
    if (result !== "passed") return "noticed";
  }
  return "unnoticed";
}

function affordable(tests: JudgeOptions["tests"]): JudgeOptions["tests"] {
  let left = othersMs;
  return tests.filter(({ ms }) => {
    left -= ms;
    return left >= 0;
  });
}
