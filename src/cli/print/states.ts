import { enumName } from "./enum-name.ts";

/** The states by the names that `oo` has for them everywhere, and their names in the contract. */
export const listedStates = {
  active: "ACTIVE",
  expiring: "EXPIRING",
  expired: "EXPIRED",
  "rotation-due": "ROTATION_DUE",
} as const;

/**
 * The one spelling of a name of the contract for people and in the results of `oo`: `ROTATION_DUE` is `rotation-due`.
 */
export function spelling(numbers: Readonly<Record<string, number>>, number: number): string {
  return enumName(numbers, number).toLowerCase().replaceAll("_", "-");
}
