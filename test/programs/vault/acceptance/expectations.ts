import assert from "node:assert/strict";
import type { VaultJson } from "../../../support/vault/vault-call.ts";
import type { Result, World } from "./world.ts";

/** Runs `bao` with the words of a command; fails unless it exits with 0 and prints what is expected. */
export async function done(world: World, command: string, text = ""): Promise<string> {
  return holds(await world.bao(command.split(" ")), command, 0, text);
}

/** The same for a command that is refused. */
export async function refused(world: World, command: string, text: string): Promise<string> {
  return holds(await world.bao(command.split(" ")), command, 2, text);
}

/** The same for a command of `oo`. */
export async function ours(world: World, command: string, text = ""): Promise<string> {
  return holds(await world.oo(command.split(" ")), `oo ${command}`, 0, text);
}

function holds({ code, output }: Result, command: string, wanted: number, text: string): string {
  assert.equal(code, wanted, `${command}: exit code ${code}, wanted ${wanted}: ${output.slice(0, 300)}`);
  assert.ok(output.includes(text), `${command}: no ${JSON.stringify(text)} in ${JSON.stringify(output.slice(0, 300))}`);
  return output;
}

/** The version in the answer to a read; NaN when there is none. */
export function versionOf(json: VaultJson | undefined): number {
  const metadata = json?.data?.metadata;
  return typeof metadata === "object" && metadata !== null && "version" in metadata
    ? Number(metadata.version)
    : Number.NaN;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
