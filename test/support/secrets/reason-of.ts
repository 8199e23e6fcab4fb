import { SecretError } from "../../../src/error.ts";

/** The reason with which the service refuses something; "done" if it does not. */
export function reasonOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => {
      if (!(error instanceof SecretError)) throw error;
      return error.failures[0].reason;
    },
  );
}
