/**
 * What is measured. `read`: one value. `write`: one value, a new one each time. `page`: a page of secrets with
 * everything about them except their values. `keys`: only the keys of all listed secrets.
 */
export type Operation = "read" | "write" | "page" | "keys";

/**
 * The calls that one of many callers makes in turn for an operation. Saves use each of `values` in turn, so that no
 * save finds its own value already stored.
 */
export type CallsOf<Call> = (operation: Operation, caller: number, values: readonly string[]) => readonly Call[];
