import { keyringKey } from "../../../src/crypto/keyring.ts";
import {
  parseSealed,
  type SealedPlace,
  type SealedText,
  SealedTextError,
  samePlace,
} from "../../../src/crypto/sealed-text.ts";
import { openSealed, sealValue } from "../../../src/crypto/sealed-value.ts";
import { deriveSealingKeyPair, importSealingSeed } from "../../../src/crypto/sealing-key.ts";
import { textOf } from "../../../src/text/secret-value.ts";
import type { SealingProgram } from "./programs.ts";

interface Request {
  readonly op: "derive" | "seal" | "open";
  readonly keyringKey?: string;
  readonly kid?: string;
  readonly publicKey?: string;
  readonly place?: SealedPlace;
  readonly value?: string;
  readonly valueBytes?: string;
  readonly keys?: Readonly<Record<string, string>>;
  readonly places?: readonly SealedPlace[];
  readonly text?: string;
}

/** The service's own implementation, asked as the others are. */
export const serviceProgram: SealingProgram = {
  name: "the service",
  ask: async (requests) => {
    const answers: Record<string, string>[] = [];
    for (const request of requests) answers.push(await answer(request as Request));
    return answers;
  },
};

async function answer(request: Request): Promise<Record<string, string>> {
  if (request.op === "derive") {
    const { kid, seed, publicKey } = await deriveSealingKeyPair(
      keyringKey(Buffer.from(request.keyringKey ?? "", "hex")),
    );
    return { kid, seed: seed.toString("hex"), publicKey: Buffer.from(publicKey).toString("base64") };
  }
  const { kid = "", publicKey = "", place, valueBytes } = request;
  const value = valueBytes === undefined ? (request.value ?? "") : Buffer.from(valueBytes, "base64");
  if (request.op === "seal" && place !== undefined) {
    return { text: await sealValue({ kid, publicKey: Buffer.from(publicKey, "base64") }, place, value) };
  }
  return open(request);
}

async function open({ keys = {}, places = [], text = "" }: Request): Promise<Record<string, string>> {
  const sealed = parse(text);
  if (sealed === undefined) return { error: "malformed" };
  if (!places.some((place) => samePlace(place, sealed.place))) return { error: "misplaced" };
  const seed = keys[sealed.kid];
  if (seed === undefined) return { error: "unknown-key" };
  try {
    const value = await openSealed(await importSealingSeed(sealed.kid, Buffer.from(seed, "hex")), sealed);
    return typeof value === "string" ? { value } : { valueBytes: textOf(value) };
  } catch (error) {
    if (error instanceof SealedTextError) return { error: "does-not-open" };
    throw error;
  }
}

function parse(text: string): SealedText | undefined {
  try {
    return parseSealed(text);
  } catch (error) {
    if (error instanceof SealedTextError) return undefined;
    throw error;
  }
}
