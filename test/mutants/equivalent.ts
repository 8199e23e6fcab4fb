import { readFileSync } from "node:fs";
import type { Place } from "./places.ts";

/** A change that makes no difference that any test could see. It is not counted, and another one is drawn. */
export interface Equivalent {
  readonly file: string;
  /** The whole line before the change, without the space around it. */
  readonly line: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

export function readEquivalents(): readonly Equivalent[] {
  return JSON.parse(readFileSync(new URL("./equivalent.json", import.meta.url), "utf8")) as Equivalent[];
}

/** The reason why a change is left out; undefined when it is not. */
export function reasonToSkip(place: Place, source: string, equivalents: readonly Equivalent[]): string | undefined {
  const line = source.split("\n")[place.line - 1]?.trim();
  return equivalents.find(
    (each) =>
      each.file === place.file && each.line === line && each.before === place.before && each.after === place.after,
  )?.reason;
}
