/**
 * The one error for everything that fails verification: wrong key, wrong place, edited, cut short, unknown format. It
 * does not say which, and has no cause: anyone who can submit forgeries must not learn how far one got.
 */
export class IntegrityError extends Error {
  constructor() {
    super("stored data failed verification");
    this.name = "IntegrityError";
  }
}
