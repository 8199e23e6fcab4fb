package io.github.secretsvc;

import io.github.secretsvc.v1.SecretChangeKind;

/**
 * A change that a watch sends.
 *
 * @param secret the secret as the change left it, without its value; null when it is GONE
 */
public record SecretChange(SecretChangeKind kind, String key, String id, Secret secret) {}
