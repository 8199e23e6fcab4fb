import { SecretError } from "../../error.ts";

/**
 * What a number of an enum stands for. Proto3 enums are open: one that the contract does not have arrives as it is. Throws
 * INVALID_FIELD for it.
 */
export function fromWire<Value>(table: Record<number, Value>, number: number, field: string): Value {
  if (!Object.hasOwn(table, number)) {
    throw new SecretError({ reason: "INVALID_FIELD", message: `${field} is not a value of its enum`, field });
  }
  return table[number] as Value;
}
