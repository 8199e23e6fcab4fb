import { type ChecksumAlgorithm, checksumAlgorithms, checksumOf, parseChecksumAlgorithm } from "../crypto/checksum.ts";
import { type SealedPlace, sealedCharsOf } from "../crypto/sealed-text.ts";
import { type Failure, SecretError, throwAny } from "../error.ts";
import { mapInLanes } from "../flow/lanes.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { answerLike, type OneOrSeveral, placeOfValue, requireWellFormed, valuesOf } from "../rules/selection.ts";
import { bytesOf, type SecretValue } from "../text/secret-value.ts";

export interface EncryptRequest extends OneOrSeveral {
  /** In place of `value` and `values`: one value that need not be text. */
  readonly valueBytes?: Uint8Array | undefined;
  /** "" seals for the caller, who may save the value under any key. */
  readonly key: string;
  readonly checksumAlgorithm: string;
}

export interface EncryptAnswer extends OneOrSeveral {
  readonly checksum: string;
  readonly checksums: readonly string[];
  readonly checksumAlgorithm: ChecksumAlgorithm;
}

/**
 * Seals values for the caller's tenant, and for one key or for the caller. Needs no right: the public key is not a
 * secret, and saving a sealed value needs the right to save. Throws `SecretError`.
 */
export async function encryptValue(context: Context, call: CallInfo, request: EncryptRequest): Promise<EncryptAnswer> {
  const { tenant, slug } = call.caller;
  const { key } = request;
  const { valueBytes } = request;
  const values = valueBytes === undefined ? valuesOf(request) : onlyBytes(request, valueBytes);
  const shape = valueBytes === undefined ? request : oneValue;
  requireWellFormed("key", key === "" ? undefined : keyProblem(key));
  const algorithm = parseChecksumAlgorithm(request.checksumAlgorithm);
  if (algorithm === undefined) {
    const message = `checksumAlgorithm must be one of ${checksumAlgorithms.join(", ")}`;
    throw new SecretError({ reason: "INVALID_FIELD", message, field: "checksumAlgorithm" });
  }
  const place: SealedPlace =
    key === "" ? { tenant, scope: "principal", target: slug } : { tenant, scope: "key", target: key };
  checkValues(request, values, place);
  const sealed = await mapInLanes(values, limits.hpkeOperations, (value) => context.sealing.seal(place, value));
  const checksums = sealed.map((text) => checksumOf(algorithm, Buffer.from(text)));
  const entry = { action: "secret.encrypt", decision: "allowed", rule: "anybody", key, count: values.length } as const;
  await context.accessLog.record([auditRecord(call, context.now(), entry)]);
  const { value: checksum = "", values: severalChecksums } = answerLike(shape, checksums);
  return { ...answerLike(shape, sealed), checksum, checksums: severalChecksums, checksumAlgorithm: algorithm };
}

/** An answer about bytes has the form of one about a single text. */
const oneValue: OneOrSeveral = { value: "", values: [] };

function onlyBytes({ value, values }: EncryptRequest, bytes: Uint8Array): readonly SecretValue[] {
  if (value === undefined && values.length === 0) return [bytes];
  const message = "valueBytes must not be set together with value or values";
  throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: "valueBytes" });
}

function checkValues(request: EncryptRequest, values: readonly SecretValue[], place: SealedPlace): void {
  const failures: Failure[] = [];
  let answerBytes = 0;
  for (const [index, value] of values.entries()) {
    const isText = typeof value === "string";
    const at = isText ? placeOfValue(request, index) : { index, field: "valueBytes" };
    const bytes = bytesOf(value).length;
    answerBytes += sealedCharsOf(place, bytes, !isText);
    const refuse = (rule: string) => failures.push({ reason: "INVALID_FIELD", message: `${at.field} ${rule}`, ...at });
    if (bytes === 0) refuse("must not be empty");
    if (isText && !value.isWellFormed()) refuse("must be well-formed Unicode without lone surrogates");
    if (bytes > limits.valueBytes) {
      const message = `${at.field} must be at most ${limits.valueBytes} bytes`;
      failures.push({ reason: "LIMIT_EXCEEDED", message, ...at, limit: limits.valueBytes, actual: bytes });
    }
  }
  if (answerBytes > limits.answerBytes) {
    const message = `values must have sealed texts of at most ${limits.answerBytes} bytes in all`;
    const sizes = { limit: limits.answerBytes, actual: answerBytes };
    failures.push({ reason: "LIMIT_EXCEEDED", message, field: "values", ...sizes });
  }
  throwAny(failures);
}
