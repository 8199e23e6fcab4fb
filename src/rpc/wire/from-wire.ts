import { SecretError } from "../../error.ts";

/**
 * The domain's value for a number of an enum. Proto3 enums are open, so a number that the contract does not define also
 * arrives. Throws INVALID_FIELD for it.
 */
export function fromWire<Value>(table: Record<number, Value>, number: number, field: string): Value {
  if (!Object.hasOwn(table, number)) {
    throw new SecretError({ reason: "INVALID_FIELD", message: `${field} is not a value of its enum`, field });
  }
  return table[number] as Value;
}
