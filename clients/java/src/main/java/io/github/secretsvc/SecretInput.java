package io.github.secretsvc;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;

/**
 * What to store for one secret. On update, absent fields stay unchanged. Each method returns an input that differs in one thing.
 * Printing it never shows the value.
 */
public final class SecretInput {
  private final transient io.github.secretsvc.v1.SecretInput message;

  private SecretInput(io.github.secretsvc.v1.SecretInput.Builder message) {
    this.message = message.build();
  }

  /** Names the secret; the value that it needs when it is created comes with {@link #value}. */
  public static SecretInput of(String key) {
    return new SecretInput(io.github.secretsvc.v1.SecretInput.newBuilder().setKey(key));
  }

  /** A secret and its value. */
  public static SecretInput of(String key, String value) {
    return of(key).value(value);
  }

  /** For a secret that is named by its id and not by its key. */
  public static SecretInput ofId(String id) {
    return new SecretInput(io.github.secretsvc.v1.SecretInput.newBuilder().setId(id));
  }

  /** The id of a secret that is created. */
  public SecretInput id(String id) {
    return new SecretInput(message.toBuilder().setId(id));
  }

  /**
   * The new value.
   *
   * @throws IllegalArgumentException it has lone surrogates
   */
  public SecretInput value(String value) {
    return value(Value.of(value));
  }

  /** The new value. */
  public SecretInput value(Value value) {
    if (value.isBytes()) {
      return new SecretInput(
          message.toBuilder().clearValue().setValueOctets(ByteString.copyFrom(value.revealBytes())));
    }
    return new SecretInput(message.toBuilder().clearValueOctets().setValue(value.reveal()));
  }

  /** The value is a sealed text. */
  public SecretInput encrypted(boolean encrypted) {
    return new SecretInput(message.toBuilder().setEncrypted(encrypted));
  }

  /** Of the text of the value, in hexadecimal; the algorithm is CRC32 when it is empty. */
  public SecretInput checksum(String checksum, String algorithm) {
    return new SecretInput(message.toBuilder().setChecksum(checksum).setChecksumAlgorithm(algorithm));
  }

  /** An empty list keeps what is stored, as in the other five; {@link #clear} empties it. */
  public SecretInput readers(String... readers) {
    return new SecretInput(message.toBuilder().clearReaders().addAllReaders(List.of(readers)));
  }

  /** Who may write. */
  public SecretInput writers(String... writers) {
    return new SecretInput(message.toBuilder().clearWriters().addAllWriters(List.of(writers)));
  }

  /** Who may delete. */
  public SecretInput deleters(String... deleters) {
    return new SecretInput(message.toBuilder().clearDeleters().addAllDeleters(List.of(deleters)));
  }

  /** Who may change the readers. */
  public SecretInput canChangeReaders(String... changers) {
    return new SecretInput(message.toBuilder().clearCanChangeReaders().addAllCanChangeReaders(List.of(changers)));
  }

  /** Who may change the writers. */
  public SecretInput canChangeWriters(String... changers) {
    return new SecretInput(message.toBuilder().clearCanChangeWriters().addAllCanChangeWriters(List.of(changers)));
  }

  /** Who may change the deleters. */
  public SecretInput canChangeDeleters(String... changers) {
    return new SecretInput(message.toBuilder().clearCanChangeDeleters().addAllCanChangeDeleters(List.of(changers)));
  }

  /** All metadata; an empty map keeps what is stored. */
  public SecretInput metadata(Map<String, String> metadata) {
    return new SecretInput(message.toBuilder().clearMetadata().putAllMetadata(metadata));
  }

  /** Names of lists to empty, such as {@code canChangeReaders}, and {@code metadata}. */
  public SecretInput clear(String... names) {
    return new SecretInput(message.toBuilder().clearClear().addAllClear(List.of(names)));
  }

  /** The version it must be at; 0: it must not exist. */
  public SecretInput ifVersion(int version) {
    return new SecretInput(message.toBuilder().setIfVersion(version));
  }

  /** Only admins can set it. */
  public SecretInput owner(String owner) {
    return new SecretInput(message.toBuilder().setOwner(owner));
  }

  io.github.secretsvc.v1.SecretInput toMessage() {
    return message;
  }

  @Override
  public String toString() {
    String name = message.getKey().isEmpty() ? message.getId() : message.getKey();
    return "SecretInput[" + name + (message.hasValue() || message.hasValueOctets() ? ", value=[redacted]]" : "]");
  }
}
