const redacted = "[redacted]";

/** The value of a secret. It prints as `[redacted]`, also as JSON; only `reveal` returns it. */
export class Value {
  readonly #text: string;

  /** @throws TypeError when it is not a string, or has lone surrogates. */
  constructor(text: string) {
    if (typeof text !== "string") throw new TypeError(`a value is a string, not ${typeof text}`);
    if (!text.isWellFormed()) throw new TypeError("a value is well-formed Unicode, and this one has lone surrogates");
    this.#text = text;
  }

  /** The text itself. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return redacted;
  }
}
