/**
 * What is measured: one value read; one value saved, which is another each time; a page of secrets with all that is known
 * of them but their values; the bare names of all that are listed.
 */
export type Operation = "read" | "write" | "page" | "keys";

/**
 * The calls that one of many callers makes in turn for an operation. A save gets each of `values`, so that no save finds
 * the value that is there already.
 */
export type CallsOf<Call> = (operation: Operation, caller: number, values: readonly string[]) => readonly Call[];
