import { join } from "node:path";
import { repository } from "./docs/markdown.ts";

/**
 * Environment of our programs when tests start them: Node then strips and compiles the sources once, and not in each
 * process.
 */
export const compileCache = { NODE_COMPILE_CACHE: join(repository, ".cache/compiled") } as const;
