import { generateKeyPair, type KeyObject, randomBytes, randomInt, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { limits } from "../../limits.ts";
import { usageError } from "../frame/errors.ts";

/** What to generate. At most one of the kinds. */
export interface GenerateOptions {
  readonly length?: number;
  readonly alphabet?: string;
  readonly words?: number;
  readonly uuid?: boolean;
  readonly rsa?: number;
  readonly ed25519?: boolean;
}

export interface Generated {
  readonly value: string;
  /** Of a key pair, as PEM. */
  readonly publicKey?: string;
}

const letters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const alphabets: Readonly<Record<string, string>> = {
  alnum: letters + letters.toUpperCase() + digits,
  letters: letters + letters.toUpperCase(),
  lower: letters + digits,
  digits,
  hex: `${digits}abcdef`,
  base64url: `${letters}${letters.toUpperCase()}${digits}-_`,
  // Nothing that a shell, a URL or a YAML file gives a meaning to.
  symbols: `${letters}${letters.toUpperCase()}${digits}-_.~+^`,
};

/** 62 ^ 32 is more than 2 ^ 190. */
const defaultLength = 32;
const defaultWords = 6;
/** Below 64 bits, an attacker who has a hash of the value finds it. */
const fewestBits = 64;
/** A word of five letters has 16 bits: three consonants of 16, and two vowels of 4. */
const bitsOfWord = 16;
const consonants = "bdfghjklmnprstvz";
const vowels = "aiou";
const rsaBits = [2048, 3072, 4096];

export const alphabetNames: readonly string[] = Object.keys(alphabets);

/**
 * A random value from the random numbers of the operating system.
 * @throws CliError when more than one kind is asked for, or when it would be easy to guess
 */
export async function generateValue(options: GenerateOptions): Promise<Generated> {
  const { length, alphabet, words, uuid, rsa, ed25519 } = options;
  const isText = length !== undefined || alphabet !== undefined;
  const kinds = [isText, words !== undefined, uuid === true, rsa !== undefined, ed25519 === true];
  if (kinds.filter(Boolean).length > 1) {
    throw usageError("--length and --alphabet, --words, --uuid, --rsa and --ed25519 exclude each other");
  }
  if (uuid === true) return { value: randomUUID() };
  if (words !== undefined) return { value: generateWords(words) };
  if (rsa !== undefined) return generateRsa(rsa);
  if (ed25519 === true) return toPem(await promisify(generateKeyPair)("ed25519"));
  return { value: generateText(length ?? defaultLength, alphabet ?? "alnum") };
}

export const defaults = { length: defaultLength, words: defaultWords, rsa: 3072 } as const;

function generateText(length: number, alphabet: string): string {
  const characters = [...new Set(alphabets[alphabet] ?? alphabet)];
  if (characters.length < 2) throw usageError("--alphabet must have at least two different characters");
  requireStrength(length * Math.log2(characters.length), "--length");
  if (length > limits.valueBytes) throw usageError(`--length must be at most ${limits.valueBytes}`);
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join("");
}

/** Words that can be read out, with nothing to look up: consonants and vowels in turn. */
function generateWords(count: number): string {
  requireStrength(count * bitsOfWord, "--words");
  if (count > 100) throw usageError("--words must be at most 100");
  return Array.from({ length: count }, () => {
    let bits = randomBytes(2).readUInt16BE();
    const take = (from: string, width: number) => {
      const letter = from[bits & ((1 << width) - 1)] ?? "";
      bits >>= width;
      return letter;
    };
    return Array.from({ length: 5 }, (_, at) => (at % 2 === 0 ? take(consonants, 4) : take(vowels, 2))).join("");
  }).join("-");
}

function requireStrength(bits: number, option: string): void {
  if (bits >= fewestBits) return;
  throw usageError(`${option} gives ${Math.floor(bits)} bits, and a value must have at least ${fewestBits}`);
}

async function generateRsa(bits: number): Promise<Generated> {
  if (!rsaBits.includes(bits)) throw usageError(`--rsa must be one of ${rsaBits.join(", ")}`);
  return toPem(await promisify(generateKeyPair)("rsa", { modulusLength: bits }));
}

function toPem(pair: Readonly<Record<"privateKey" | "publicKey", KeyObject>>): Generated {
  return {
    value: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}
