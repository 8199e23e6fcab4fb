import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Pace } from "./alternation.ts";

export const usage = `usage: npm run bench -- [--quick] [--no-mongodb] [--rounds N] [--seconds N] [--out DIR]
       npm run bench -- --only-vault [--rounds N] [--seconds N]
       npm run bench -- --draw [--out DIR]

Prints a table. A full run also writes benchmarks.md, benchmarks.json and two charts into docs/, or into DIR.
A partial run (--quick, --no-mongodb, or fewer than three rounds) writes them only with --out DIR.

  --quick       16 callers only, one round
  --no-mongodb  without MongoDB
  --rounds N    rounds of each comparison (3)
  --seconds N   whole seconds of load for each program in each round (1)
  --out DIR     the folder to write to (docs/)
  --only-vault  measures only reads of clients of Vault, and writes nothing
  --draw        measures nothing: draws the page and the charts again, from benchmarks.json in docs/ or DIR

A full run takes about five minutes, with --quick little more than one. Downloads OpenBao and, unless there is one, MongoDB.`;

const docs = join(import.meta.dirname, "../docs");
const fullRounds = 3;

/** What to do. `out`: the folder to write to; undefined writes nothing. */
export type Task =
  | { readonly kind: "help" }
  | { readonly kind: "draw"; readonly out: string }
  | {
      readonly kind: "measure";
      readonly pace: Pace;
      readonly callers: readonly number[];
      readonly withMongodb: boolean;
      /** How often each program is started for the times of the start. */
      readonly starts: number;
      readonly out: string | undefined;
      readonly onlyVault: boolean;
    };

/** Throws when an argument is not one of `usage`. */
export function readFlags(args: readonly string[]): Task {
  const options = {
    quick: { type: "boolean" },
    "no-mongodb": { type: "boolean" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    out: { type: "string" },
    draw: { type: "boolean" },
    "only-vault": { type: "boolean" },
    help: { type: "boolean" },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help === true) return { kind: "help" };
  if (values.draw === true) return { kind: "draw", out: values.out ?? docs };
  const isQuick = values.quick === true;
  const onlyVault = values["only-vault"] === true;
  const withMongodb = values["no-mongodb"] !== true;
  const rounds = readCount("--rounds", values.rounds ?? (isQuick ? "1" : String(fullRounds)));
  const isFull = !isQuick && withMongodb && rounds >= fullRounds;
  return {
    kind: "measure",
    pace: { rounds, seconds: readCount("--seconds", values.seconds ?? "1") },
    callers: isQuick ? [16] : [1, 16, 64],
    withMongodb,
    starts: isQuick ? 1 : 5,
    out: onlyVault ? undefined : (values.out ?? (isFull ? docs : undefined)),
    onlyVault,
  };
}

function readCount(flag: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`${flag} takes a whole number from 1`);
  return Number(text);
}
