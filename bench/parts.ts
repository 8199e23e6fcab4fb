/** `npm run bench:parts`: what each part that is there for speed buys. Prints a Markdown table. */
import { parseArgs } from "node:util";
import { readMachine } from "./machine.ts";
import { answerParts } from "./parts/answers.ts";
import { codeParts } from "./parts/code.ts";
import { type Bought, measure } from "./parts/measure.ts";
import { mongoParts } from "./parts/mongo.ts";
import { openingParts } from "./parts/opening.ts";
import type { Part } from "./parts/part.ts";
import { removeFilledData, serviceParts } from "./parts/services.ts";
import { sqliteParts } from "./parts/sqlite.ts";
import { describeMachine } from "./report/conditions.ts";

const usage = `usage: npm run bench:parts -- [--only NAME]... [--rounds N] [--seconds N]

Each part is measured with and without, in turns. Ratios above 1 are in its favour; they are medians of the rounds.

  --only NAME   this part only, or one whose name begins so; may be given several times
  --rounds N    rounds of each comparison (7)
  --seconds N   seconds of processor time for each way in each round (0.4)`;

const parts: readonly Part[] = [
  ...serviceParts,
  ...openingParts,
  ...answerParts,
  ...codeParts,
  ...sqliteParts,
  ...mongoParts,
];

async function main(): Promise<void> {
  const options = {
    only: { type: "string", multiple: true },
    rounds: { type: "string" },
    seconds: { type: "string" },
    help: { type: "boolean" },
  } as const;
  const { values } = parseArgs({ options });
  if (values.help === true) {
    process.stdout.write(`${usage}\n\nParts: ${parts.map(({ name }) => name).join(", ")}\n`);
    return;
  }
  const pace = {
    rounds: readNumber("--rounds", values.rounds ?? "7"),
    seconds: readNumber("--seconds", values.seconds ?? "0.4"),
  };
  const chosen = chooseParts(values.only ?? []);
  process.stdout.write(`${describeMachine(readMachine(), { node: process.versions.node })}\n\n${head}\n`);
  try {
    for (const { name, compare } of chosen) {
      await compare(async (comparison) => {
        process.stdout.write(`${rowOf(name, comparison.what, await measure(comparison, pace))}\n`);
      });
    }
  } finally {
    await removeFilledData();
  }
}

function chooseParts(only: readonly string[]): readonly Part[] {
  if (only.length === 0) return parts;
  for (const name of only) {
    if (!parts.some((part) => part.name.startsWith(name))) throw new Error(`there is no part called ${name}`);
  }
  // The part itself, if there is one: `access-log` is not all that begin so.
  const isExact = (name: string) => parts.some((part) => part.name === name);
  return parts.filter((part) => only.some((name) => (isExact(name) ? part.name === name : part.name.startsWith(name))));
}

function readNumber(flag: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && number < 1000)) throw new Error(`${flag} takes a number above 0`);
  return number;
}

const head = `| part | what is measured | CPU with | CPU without | calls per CPU time | calls per second |
| --- | --- | --: | --: | --: | --: |`;

function rowOf(name: string, what: string, { withMicros, withoutMicros, cpuRatio, speedRatio }: Bought): string {
  const micros = [withMicros, withoutMicros].map(
    (time) => `${time.toLocaleString("en", { maximumSignificantDigits: 3 })} µs`,
  );
  const ratios = [cpuRatio, speedRatio].map((ratio) => `${ratio.toFixed(2)} times`);
  return `| ${[name, what, ...micros, ...ratios].join(" | ")} |`;
}

await main();
