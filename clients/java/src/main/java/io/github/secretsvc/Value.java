package io.github.secretsvc;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The value of a secret: text, or bytes that need not be text. It prints as {@code [redacted]}; only {@link #reveal} and {@link
 * #revealBytes} return it.
 */
public final class Value {
  // Transient, so that what takes an object apart by its fields, such as Gson, leaves it out.
  private final transient byte[] bytes;
  private final transient boolean isBytes;

  private Value(byte[] bytes, boolean isBytes) {
    this.bytes = bytes;
    this.isBytes = isBytes;
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
    return new Value(text.getBytes(StandardCharsets.UTF_8), false);
  }

  /** A value to save that need not be text. */
  public static Value ofBytes(byte[] bytes) {
    return new Value(bytes.clone(), true);
  }

  /** Whether it was saved as bytes. */
  public boolean isBytes() {
    return isBytes;
  }

  /**
   * The text itself.
   *
   * @throws IllegalStateException the value is bytes: {@link #revealBytes} returns them
   */
  public String reveal() {
    if (isBytes) {
      throw new IllegalStateException("the value is bytes and not text: use revealBytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The bytes; those of a text are UTF-8. */
  public byte[] revealBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Value value && value.isBytes == isBytes && Arrays.equals(value.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
