package io.github.secretsvc;

import com.google.protobuf.Timestamp;
import io.github.secretsvc.v1.SecretState;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A stored secret, as far as the caller may see it. Printing it never shows the value.
 *
 * @param value null when a list did not request it
 * @param createdAt null when the view does not show it, as the other times
 * @param expireAt null also when it does not expire
 */
public record Secret(
    String key,
    String id,
    Value value,
    List<String> readers,
    List<String> writers,
    List<String> deleters,
    List<String> canChangeReaders,
    List<String> canChangeWriters,
    List<String> canChangeDeleters,
    Map<String, String> metadata,
    int version,
    String owner,
    String createdBy,
    String updatedBy,
    SecretState state,
    Instant createdAt,
    Instant updatedAt,
    Instant valueChangedAt,
    Instant expireAt) {

  /**
   * The value.
   *
   * @throws IllegalStateException it is bytes, or a list did not ask for it; the latter never after {@code get} and {@code getMany}
   */
  public String reveal() {
    return present().reveal();
  }

  /**
   * The bytes of the value; those of a text are UTF-8.
   *
   * @throws IllegalStateException a list did not ask for the value
   */
  public byte[] revealBytes() {
    return present().revealBytes();
  }

  private Value present() {
    if (value == null) {
      throw new IllegalStateException(key + " was listed without its value: use get, or SECRET_VIEW_FULL");
    }
    return value;
  }

  private static Value valueOf(io.github.secretsvc.v1.Secret message) {
    if (message.hasValueOctets()) {
      return Value.ofBytes(message.getValueOctets().toByteArray());
    }
    return message.hasValue() ? Value.of(message.getValue()) : null;
  }

  static Secret fromMessage(io.github.secretsvc.v1.Secret message) {
    return new Secret(
        message.getKey(),
        message.getId(),
        valueOf(message),
        List.copyOf(message.getReadersList()),
        List.copyOf(message.getWritersList()),
        List.copyOf(message.getDeletersList()),
        List.copyOf(message.getCanChangeReadersList()),
        List.copyOf(message.getCanChangeWritersList()),
        List.copyOf(message.getCanChangeDeletersList()),
        Map.copyOf(message.getMetadataMap()),
        message.getVersion(),
        message.getOwner(),
        message.getCreatedBy(),
        message.getUpdatedBy(),
        message.getState(),
        message.hasCreatedAt() ? instantOf(message.getCreatedAt()) : null,
        message.hasUpdatedAt() ? instantOf(message.getUpdatedAt()) : null,
        message.hasValueChangedAt() ? instantOf(message.getValueChangedAt()) : null,
        message.hasExpireAt() ? instantOf(message.getExpireAt()) : null);
  }

  private static Instant instantOf(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
