import type { Command } from "commander";
import { usageError } from "./errors.ts";
import { collect, collectNames } from "./options.ts";

const collectors: readonly unknown[] = [collect, collectNames];

/**
 * Refuses a second, different value of an option that takes one. Otherwise the last would count without a word:
 * `list -n prod -n staging` would be a list of one of them. Options of the program itself may come from an alias, so
 * there the last counts.
 */
export function refuseSecondValues(command: Command, path: string): void {
  for (const option of command.options) {
    const takesOne = (option.required || option.optional) && !option.variadic && !collectors.includes(option.parseArg);
    if (!takesOne) continue;
    let first: unknown;
    command.on(`option:${option.name()}`, (value: unknown) => {
      if (first !== undefined && first !== value) {
        throw usageError(`${option.long ?? option.flags} has two values, and ${path} takes one`, `${path} --help`);
      }
      first = value;
    });
  }
}
