import { writeSync } from "node:fs";
import { journalsIn } from "./journal-fixture.ts";
import { aRecord } from "./record.ts";

// Run by tests in a process of its own, to be killed, or on a disk that is full. Appends to a journal in the folder
// that is its first argument until an append fails, and prints a line for each record that was taken. Nothing is
// shipped.

const [folder = "", count = "0"] = process.argv.slice(2);
const never = () => new Promise<void>(() => {});
const journal = journalsIn(folder).open("p1", { ship: never, isDurable: process.argv.includes("disk") });
for (let at = 1; at <= Number(count); at += 1) {
  try {
    await journal.append([aRecord({ key: `KEY-${at}`, filter: "x".repeat(100) })]);
    writeSync(1, `${at}\n`);
  } catch (error) {
    writeSync(1, `refused ${error instanceof Error ? error.name : ""}\n`);
  }
}
writeSync(1, "end\n");
// Until it is killed.
setInterval(() => {}, 60_000);
