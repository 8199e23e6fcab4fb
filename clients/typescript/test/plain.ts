import { format, inspect } from "node:util";
import {
  Code,
  nameOfOutcome,
  nameOfReason,
  nameOfState,
  type SaveResult,
  type Secret,
  type SecretChange,
  SecretServiceError,
} from "@secret-svc/client";
import { SecretChangeKindSchema } from "@secret-svc/client/v1";
import { expect } from "vitest";
import type { Fields } from "./cases.ts";

/** Results of the client in the form in which the cases describe them, and nothing that shows a value. */
export function plainSecret(secret: Secret): Fields {
  const { value, state, ...fields } = secret;
  const plain = { ...fields, state: nameOfState(state) };
  if (value === undefined) return { ...plain, value: null };
  if (value.isBytes) {
    const bytes = Buffer.from(secret.revealBytes());
    mustNotShow(bytes.toString("base64"), secret, value, { ...secret });
    return { ...plain, value: null, valueBytes: bytes.toString("base64") };
  }
  mustNotShow(secret.reveal(), secret, value, { ...secret }, [secret], new Map([["x", secret]]));
  return { ...plain, value: secret.reveal() };
}

export function plainResult(result: SaveResult): Fields {
  return { ...result, outcome: nameOfOutcome(result.outcome) };
}

export function plainChange({ kind, key, id, secret }: SecretChange): Fields {
  const left = secret === undefined ? null : plainSecret(secret);
  return { kind: SecretChangeKindSchema.value[kind]?.name, key, id, secret: left };
}

export function plainError(error: unknown): Fields {
  if (!(error instanceof SecretServiceError)) throw error;
  const { code, reason, message, details } = error;
  return {
    code: codeName(code),
    reason: nameOfReason(reason),
    message,
    details: details.map((detail) => ({ ...detail, reason: nameOfReason(detail.reason) })),
  };
}

/** `NotFound` is `NOT_FOUND` in gRPC. */
function codeName(code: Code): string {
  return Code[code].replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Prints things in every way there is. Short texts would be found by accident. */
export function mustNotShow(hidden: string, ...things: readonly unknown[]): void {
  if (hidden.length < 6) return;
  for (const thing of things) {
    const all = inspect(thing, { depth: null, showHidden: true, getters: true, maxStringLength: null });
    const bare = inspect(thing, { depth: null, showHidden: true, customInspect: false, maxStringLength: null });
    const shown = [all, bare, String(thing), format("%s %o %O %j", thing, thing, thing, thing), JSON.stringify(thing)];
    for (const text of shown) expect(text?.includes(hidden) ?? false, "printing shows what it must not").toBe(false);
  }
}

/**
 * Checks that `actual` has what is expected: of a mapping the named entries, of a list all items in order. A list where
 * one text is expected means any of them.
 */
export function compare(where: string, expected: unknown, actual: unknown): void {
  if (Array.isArray(expected) && typeof actual === "string") {
    expect(expected, where).toContain(actual);
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) throw new Error(`${where} is not a list`);
    expect(actual.length, where).toBe(expected.length);
    expected.forEach((item, index) => {
      compare(`${where}[${index}]`, item, actual[index]);
    });
  } else if (isFields(expected) && !where.endsWith(".metadata")) {
    if (!isFields(actual)) throw new Error(`${where} is not a mapping`);
    for (const [name, value] of Object.entries(expected)) {
      expect(Object.keys(actual), where).toContain(name);
      compare(`${where}.${name}`, value, actual[name]);
    }
  } else {
    expect(actual, where).toEqual(expected);
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
