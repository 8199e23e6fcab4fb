/** The parent has ended: what it would have passed on to the others cannot be acknowledged. */
export class ParentEndedError extends Error {
  constructor() {
    super("the process that starts the workers has ended");
    this.name = "ParentEndedError";
  }
}

/** A worker could not start. What is wrong is in the log: the worker has written it. */
export class WorkerStartError extends Error {
  readonly exitCode: number;
  constructor(slot: number, { code, how }: { readonly code: number; readonly how: string }) {
    super(`worker ${slot} has ended ${how} before it served calls`);
    this.name = "WorkerStartError";
    this.exitCode = code === 0 ? 1 : code;
  }
}
