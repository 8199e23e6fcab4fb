package io.github.secretsvc;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The value of a secret. It prints as {@code [redacted]}; only {@link #reveal} returns it. */
public final class Value {
  // Transient, so that what takes an object apart by its fields, such as Gson, leaves it out.
  private final transient String text;

  private Value(String text) {
    this.text = text;
  }

  /**
   * A value to save.
   *
   * @throws IllegalArgumentException it has lone surrogates, which UTF-8 cannot encode
   */
  public static Value of(String text) {
    try {
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException error) {
      throw new IllegalArgumentException("a value is text that UTF-8 can encode, and this one has lone surrogates");
    }
    return new Value(text);
  }

  /** The text itself. */
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Value value && value.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
