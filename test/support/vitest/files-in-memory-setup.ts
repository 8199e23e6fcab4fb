import { keepFilesInMemory } from "./files-in-memory.ts";

/** Global setup of vitest; its workers get the environment of this process. */
export default keepFilesInMemory;
