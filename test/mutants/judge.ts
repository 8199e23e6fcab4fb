import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyPlace, type Place } from "./places.ts";
import type { TestSession } from "./session.ts";

/** `not called`: no test calls a function of the file. */
export type Verdict = "noticed" | "unnoticed" | "not called";

export interface JudgeOptions {
  readonly folder: string;
  readonly session: TestSession;
  readonly place: Place;
  readonly source: string;
  /** Those that run the place, the most promising first. */
  readonly tests: readonly { readonly test: string; readonly ms: number }[];
}

/** As many tests as take this long together when nothing else runs. */
const testsMs = 60_000;
/** Tests that take this many times as long, and this much more, have noticed the change as well: they hang. */
const [hangsTimes, hangsMs] = [5, 30_000];

/** Makes the change in the copy, and runs tests until one of them fails. Takes the change back. */
export async function judge({ folder, session, place, source, tests }: JudgeOptions): Promise<Verdict> {
  if (tests.length === 0) return "not called";
  const path = join(folder, place.file);
  const chosen = affordable(tests);
  const ms = chosen.reduce((sum, test) => sum + test.ms, 0);
  writeFileSync(path, applyPlace(source, place));
  try {
    const files = chosen.map(({ test }) => test);
    return (await session.run(files, hangsMs + hangsTimes * ms)) === "passed" ? "unnoticed" : "noticed";
  } finally {
    writeFileSync(path, source);
  }
}

function affordable(tests: JudgeOptions["tests"]): JudgeOptions["tests"] {
  let left = testsMs;
  const found = tests.filter(({ ms }) => {
    left -= ms;
    return left >= 0;
  });
  return found.length > 0 ? found : tests.slice(0, 1);
}
