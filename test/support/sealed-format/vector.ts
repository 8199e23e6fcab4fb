import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SealedPlace } from "../../../src/crypto/sealed-text.ts";

/** Where the vectors are, one file for each behaviour. */
export const vectorFolder = fileURLToPath(new URL("../../vectors/sealed/", import.meta.url));

/** How a keyring key becomes a sealing key. */
export interface DerivingVector {
  readonly about: string;
  readonly expect: "derives";
  readonly keyringKey: string;
  readonly kid: string;
  readonly seed: string;
  readonly publicKey: string;
}

/** What becomes of a text that someone wants to save. */
export interface OpeningVector {
  readonly about: string;
  readonly expect: "opens" | "malformed" | "misplaced" | "unknown-key" | "does-not-open";
  /** Seeds by kid, in hex. */
  readonly keys: Readonly<Record<string, string>>;
  /** The places for which a sealed value is accepted there. */
  readonly places: readonly SealedPlace[];
  readonly text: string;
  readonly value?: string;
  /** In place of `value`: sealed bytes, in base64. */
  readonly valueBytes?: string;
}

export type SealedVector = DerivingVector | OpeningVector;

/** All vectors, each with the name of its file. */
export function readVectors(): readonly { readonly name: string; readonly vector: SealedVector }[] {
  return readdirSync(vectorFolder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({
      name: file.replace(/\.json$/, ""),
      vector: JSON.parse(readFileSync(join(vectorFolder, file), "utf8")) as SealedVector,
    }));
}
