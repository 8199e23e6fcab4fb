import { type Failure, SecretError } from "../error.ts";
import { checkBatchSize } from "./batch-size.ts";

/** What a request may give in the singular or the plural: `value`, or `values`. */
export interface OneOrSeveral {
  readonly value: string | undefined;
  readonly values: readonly string[];
}

/** The values of a request: one, or several, but not both. Throws `SecretError`. */
export function valuesOf({ value, values }: OneOrSeveral): readonly string[] {
  if (value !== undefined && values.length > 0) {
    const message = "value and values must not both be set";
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: "values" });
  }
  if (value === undefined && values.length === 0) {
    throw new SecretError({ reason: "INVALID_FIELD", message: "value, or values, must be set", field: "value" });
  }
  checkBatchSize("values", values);
  return value === undefined ? values : [value];
}

/** Where one of the values is in the request. */
export function placeOfValue({ value }: OneOrSeveral, index: number): Pick<Failure, "index"> & { field: string } {
  return { index, field: value === undefined ? `values[${index}]` : "value" };
}

/** Answers in the form of the request. */
export function answerLike({ value }: OneOrSeveral, results: readonly string[]): OneOrSeveral {
  return value === undefined ? { value: undefined, values: results } : { value: results[0], values: [] };
}
