import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The longest turns of an event loop in milliseconds. */
export interface Turns {
  /** By the clock. */
  readonly longestMs: number;
  /** By the processor: without the time in which the thread could have run, but other processes did. */
  readonly longestWorkMs: number;
}

export interface TurnFile {
  /** Makes a service write its long turns into the file. */
  readonly env: Readonly<Record<string, string>>;
  /** What it has written about turns that ended in this time. */
  between(fromMs: number, toMs: number): Turns;
  remove(): void;
}

export function createTurnFile(nodeOptions: string): TurnFile {
  const folder = mkdtempSync(join(tmpdir(), "turns-"));
  const file = join(folder, "turns.txt");
  writeFileSync(file, "");
  const monitor = new URL("turn-monitor.ts", import.meta.url).href;
  return {
    env: { ATTACK_TURNS: file, NODE_OPTIONS: `${nodeOptions} --import=${monitor}` },
    between(fromMs, toMs) {
      const turns = readFileSync(file, "utf8")
        .split("\n")
        .map((line) => line.split(" ").map(Number))
        .filter(([at = 0]) => at >= fromMs && at <= toMs);
      return {
        longestMs: Math.max(0, ...turns.map(([, ms = 0]) => ms)),
        longestWorkMs: Math.max(0, ...turns.map(([, , ms = 0]) => ms)),
      };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
