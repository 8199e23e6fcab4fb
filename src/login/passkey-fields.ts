import { type Failure, SecretError, throwAny } from "../error.ts";
import { limits } from "../limits.ts";

/** The answer of a browser: JSON of WebAuthn, of which only what is needed here is looked at. */
export interface Answer {
  readonly id: string;
  readonly response: Readonly<Record<string, unknown>>;
  /** All of it, for the library. */
  readonly whole: object;
}

export interface PasskeyFields {
  readonly challengeId: string;
  readonly credential: string;
  readonly name?: string;
  readonly invitation?: string;
}

const codeForm = /^[A-Za-z0-9_-]+$/;
/** Characters that would be shown as something else than they are, or not at all. */
const unshown = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * What a browser brings, and what the person calls the passkey. Throws INVALID_FIELD and LIMIT_EXCEEDED, for all fields
 * at once.
 */
export function readPasskeyFields({ challengeId, credential, name = "", invitation }: PasskeyFields): {
  readonly answer: Answer;
  readonly name: string;
} {
  const answer = readAnswer(credential);
  throwAny([
    ...codeFailures("challengeId", challengeId),
    ...(invitation === undefined ? [] : codeFailures("invitation", invitation)),
    ...sizeFailures("credential", credential, limits.passkeyAnswerBytes),
    ...(answer === undefined ? [notAnAnswer] : []),
    ...sizeFailures("name", name, limits.clientBytes),
  ]);
  if (answer === undefined) throw new SecretError(notAnAnswer);
  return { answer, name: name.toWellFormed().replace(unshown, "").trim() || "passkey" };
}

/** Throws INVALID_FIELD for a text that is not a code of a login. */
export function requireLoginCode(field: string, value: string): void {
  throwAny(codeFailures(field, value));
}

function codeFailures(field: string, value: string): readonly Failure[] {
  if (codeForm.test(value) && value.length <= limits.loginCodeBytes) return [];
  const message = `${field} must be 1 to ${limits.loginCodeBytes} characters of base64url`;
  return [{ reason: "INVALID_FIELD", message, field }];
}

function sizeFailures(field: string, value: string, limit: number): readonly Failure[] {
  const actual = Buffer.byteLength(value);
  if (actual <= limit) return [];
  return [{ reason: "LIMIT_EXCEEDED", message: `${field} must be at most ${limit} bytes`, field, limit, actual }];
}

const notAnAnswer: Failure = {
  reason: "INVALID_FIELD",
  message: "credential must be the answer of a browser, as the JSON of WebAuthn",
  field: "credential",
};

function readAnswer(credential: string): Answer | undefined {
  if (Buffer.byteLength(credential) > limits.passkeyAnswerBytes) return undefined;
  const whole = parse(credential);
  if (!isObject(whole)) return undefined;
  const { id, response } = whole;
  return typeof id === "string" && isObject(response) ? { id, response, whole } : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The parser's message would quote the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
