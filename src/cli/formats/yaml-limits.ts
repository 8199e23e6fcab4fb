import { limits } from "../../limits.ts";

/**
 * Nodes that the parser may look at. A request may have 50,000 values. Each has a name in the file, and the parser
 * looks at many nodes more than once.
 */
const nodesMax = 5 * limits.requestValues;

/** Items of lists in which nothing follows the dash. A list of secrets has none. */
const emptyItemsMax = limits.requestValues;

/** The file has more nodes than a file of secrets can have. */
export class TooManyNodesError extends Error {
  readonly at: number;

  constructor(at: number) {
    super("has more nodes than a file of secrets can have");
    this.name = "TooManyNodesError";
    this.at = at;
  }
}

/**
 * A depth for the parser that also counts nodes. The parser compares its depth with it before each node that is
 * written, and a comparison asks an object for its number: there is no other way to stop it before it has stored all
 * nodes. The first file with too many nodes would show that a newer version of the parser compares less often: a test
 * has one.
 */
export function limitNodes(maxDepth: number): number {
  let nodes = 0;
  const counting = {
    [Symbol.toPrimitive]() {
      nodes += 1;
      if (nodes > nodesMax) throw new TooManyNodesError(0);
      return maxDepth;
    },
  };
  return counting as unknown as number;
}

/** Counts what `limitNodes` does not see: items of block lists without a node. Throws `TooManyNodesError`. */
export function requireFewEmptyItems(text: string): void {
  const dangling = /-[ \t]*(?:#[^\r\n]*)?(?:[\r\n]|$)/g;
  for (let found = 0; dangling.test(text); found += 1) {
    if (found === emptyItemsMax) throw new TooManyNodesError(dangling.lastIndex - 1);
  }
}
