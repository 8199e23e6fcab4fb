package io.github.secretsvc;

import io.github.secretsvc.v1.WatchSecretsRequest;
import java.util.List;

/**
 * Selects the changes to send; all given conditions must hold. Each method returns a filter that differs in one thing.
 *
 * @param keys only secrets with one of these keys, up to 1,000
 * @param namespace the first segment of the keys
 * @param keyPattern a text that the key contains or, when it has a {@code *}, that matches it as a whole
 * @param resumeToken from an earlier event: sends what happened since. Empty: what happens from now on.
 */
public record WatchFilter(List<String> keys, String namespace, String keyPattern, String resumeToken) {
  /** Everything, from now on. */
  public WatchFilter() {
    this(List.of(), "", "", "");
  }

  /** Only these keys. */
  public WatchFilter keys(String... keys) {
    return new WatchFilter(List.of(keys), namespace, keyPattern, resumeToken);
  }

  /** Only this namespace. */
  public WatchFilter namespace(String namespace) {
    return new WatchFilter(keys, namespace, keyPattern, resumeToken);
  }

  /** Only keys like this. */
  public WatchFilter keyPattern(String keyPattern) {
    return new WatchFilter(keys, namespace, keyPattern, resumeToken);
  }

  /** Continues after that event. */
  public WatchFilter resumeToken(String resumeToken) {
    return new WatchFilter(keys, namespace, keyPattern, resumeToken);
  }

  WatchSecretsRequest toRequest() {
    return WatchSecretsRequest.newBuilder()
        .addAllKeys(keys)
        .setNamespace(namespace)
        .setKeyPattern(keyPattern)
        .setResumeToken(resumeToken)
        .build();
  }
}
