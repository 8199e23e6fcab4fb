package io.github.secretsvc;

import io.github.secretsvc.v1.SecretRemoval;

/**
 * A secret to remove within a save.
 *
 * @param ifVersion the version it must be at; null for any
 */
public record Removal(String key, Integer ifVersion) {
  /** At any version. */
  public Removal(String key) {
    this(key, null);
  }

  SecretRemoval toMessage() {
    SecretRemoval.Builder message = SecretRemoval.newBuilder().setKey(key);
    if (ifVersion != null) {
      message.setIfVersion(ifVersion);
    }
    return message.build();
  }
}
