import { ChildProcess } from "node:child_process";

/** Setup file of the fast tests: starting a process fails. Synchronous starts are found by the imports alone. */
Object.defineProperty(ChildProcess.prototype, "spawn", {
  value: () => {
    throw new Error("a fast test must not start a process");
  },
});
