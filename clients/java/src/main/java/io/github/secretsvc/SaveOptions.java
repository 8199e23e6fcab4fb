package io.github.secretsvc;

import java.util.List;

/**
 * How to save. Each method answers options that differ in one thing.
 *
 * @param remove secrets to remove in the same transaction
 * @param validateOnly decide and answer, but store nothing
 * @param idempotencyKey up to 128 printable ASCII characters; makes the save happen once however often it is sent within 24
 *     hours. Only a save that has one is repeated when the service is unavailable. Empty for none.
 */
public record SaveOptions(List<Removal> remove, boolean validateOnly, String idempotencyKey) {
  /** Nothing special. */
  public SaveOptions() {
    this(List.of(), false, "");
  }

  /** With secrets to remove. */
  public SaveOptions remove(Removal... remove) {
    return new SaveOptions(List.of(remove), validateOnly, idempotencyKey);
  }

  /** As a plan, or not. */
  public SaveOptions validateOnly(boolean validateOnly) {
    return new SaveOptions(remove, validateOnly, idempotencyKey);
  }

  /** With an idempotency key. */
  public SaveOptions idempotencyKey(String idempotencyKey) {
    return new SaveOptions(remove, validateOnly, idempotencyKey);
  }
}
