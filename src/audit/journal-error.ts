/** The store has a record where another one has to be, which no service wrote. */
export class JournalDiffersError extends Error {
  constructor(chain: string) {
    super(`the store has a record of chain ${chain} that is not the one in its journal`);
    this.name = "JournalDiffersError";
  }
}

/** The journal cannot take records at the moment, or could not be shipped. Never holds data of a record. */
export class JournalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "JournalError";
  }
}
