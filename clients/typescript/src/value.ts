const redacted = "[redacted]";

/**
 * The value of a secret: text, or bytes that need not be text. It prints as `[redacted]`, also as JSON; only `reveal`
 * and `revealBytes` return it.
 */
export class Value {
  readonly #content: string | Uint8Array;

  /** @throws TypeError when it is neither a string nor bytes, or has lone surrogates. */
  constructor(content: string | Uint8Array) {
    if (typeof content !== "string" && !(content instanceof Uint8Array)) {
      throw new TypeError(`a value is a string or a Uint8Array, not ${typeof content}`);
    }
    if (typeof content === "string" && !content.isWellFormed()) {
      throw new TypeError("a value is well-formed Unicode, and this one has lone surrogates");
    }
    this.#content = typeof content === "string" ? content : new Uint8Array(content);
  }

  /** Whether it was saved as bytes. */
  get isBytes(): boolean {
    return typeof this.#content !== "string";
  }

  /** The text itself. @throws Error when the value is bytes: `revealBytes` returns them. */
  reveal(): string {
    if (typeof this.#content === "string") return this.#content;
    throw new Error("the value is bytes and not text: use revealBytes");
  }

  /** The bytes; those of a text are UTF-8. */
  revealBytes(): Uint8Array<ArrayBuffer> {
    return typeof this.#content === "string" ? new TextEncoder().encode(this.#content) : new Uint8Array(this.#content);
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
