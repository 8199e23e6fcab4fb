package io.github.secretsvc;

import io.github.secretsvc.v1.ListSecretsRequest;
import io.github.secretsvc.v1.SecretState;
import io.github.secretsvc.v1.SecretView;

/**
 * Selects the secrets of a list; all given conditions must hold. Each method returns a filter that differs in one thing.
 *
 * @param namespace the first segment of the keys
 * @param keyPattern a text that the key contains or, when it has a {@code *}, that matches it as a whole
 * @param view how much to show: METADATA, without values, unless set
 * @param pageSize how many are fetched at a time, up to 1,000; 0 means 100
 */
public record Filter(String namespace, String keyPattern, SecretState state, SecretView view, int pageSize) {
  /** Everything. */
  public Filter() {
    this("", "", SecretState.SECRET_STATE_UNSPECIFIED, SecretView.SECRET_VIEW_UNSPECIFIED, 0);
  }

  /** Only this namespace. */
  public Filter namespace(String namespace) {
    return new Filter(namespace, keyPattern, state, view, pageSize);
  }

  /** Only keys like this. */
  public Filter keyPattern(String keyPattern) {
    return new Filter(namespace, keyPattern, state, view, pageSize);
  }

  /** Only secrets in this state. */
  public Filter state(SecretState state) {
    return new Filter(namespace, keyPattern, state, view, pageSize);
  }

  /** Shows this much. */
  public Filter view(SecretView view) {
    return new Filter(namespace, keyPattern, state, view, pageSize);
  }

  /** Fetches this many at a time. */
  public Filter pageSize(int pageSize) {
    return new Filter(namespace, keyPattern, state, view, pageSize);
  }

  ListSecretsRequest toRequest() {
    return ListSecretsRequest.newBuilder()
        .setNamespace(namespace)
        .setKeyPattern(keyPattern)
        .setState(state)
        .setView(view)
        .setPageSize(pageSize)
        .build();
  }
}
