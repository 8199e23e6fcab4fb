package io.github.secretsvc;

import io.github.secretsvc.v1.ListSecretsRequest;
import io.github.secretsvc.v1.ListSecretsResponse;
import io.github.secretsvc.v1.SecretError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Function;

/** Follows a list to the end, a page at a time. What does not verify is a failure after all others. */
final class Pages implements Iterator<Secret> {
  private final Function<ListSecretsRequest, ListSecretsResponse> fetch;
  private final Queue<Secret> fetched = new ArrayDeque<>();
  private final List<SecretError> failures = new ArrayList<>();
  /** Null after the last page. */
  private ListSecretsRequest next;

  Pages(ListSecretsRequest first, Function<ListSecretsRequest, ListSecretsResponse> fetch) {
    this.next = first;
    this.fetch = fetch;
  }

  @Override
  public boolean hasNext() {
    while (fetched.isEmpty() && next != null) {
      ListSecretsResponse page = fetch.apply(next);
      page.getSecretsList().forEach(secret -> fetched.add(Secret.fromMessage(secret)));
      failures.addAll(page.getErrorsList());
      String token = page.getNextPageToken();
      next = token.isEmpty() ? null : next.toBuilder().setPageToken(token).build();
    }
    if (fetched.isEmpty() && !failures.isEmpty()) {
      throw SecretServiceException.unverified(failures);
    }
    return !fetched.isEmpty();
  }

  @Override
  public Secret next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return fetched.remove();
  }
}
