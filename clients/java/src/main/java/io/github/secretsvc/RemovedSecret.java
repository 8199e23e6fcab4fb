package io.github.secretsvc;

/** A secret that was removed. */
public record RemovedSecret(String key, String id, int version) {}
