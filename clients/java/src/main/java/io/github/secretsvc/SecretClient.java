package io.github.secretsvc;

import io.github.secretsvc.v1.GetSealingKeyRequest;
import io.github.secretsvc.v1.GetSealingKeyResponse;
import io.github.secretsvc.v1.IdentityServiceGrpc;
import io.github.secretsvc.v1.ListSecretsRequest;
import io.github.secretsvc.v1.RemoveSecretsRequest;
import io.github.secretsvc.v1.SaveSecretsRequest;
import io.github.secretsvc.v1.SecretServiceGrpc;
import io.github.secretsvc.v1.SecretView;
import io.github.secretsvc.v1.WhoAmIRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Calls the service. It is safe for use by many threads; one is enough for a program. Printing it shows its address and
 * nothing else. Calls throw {@link SecretServiceException}.
 */
public final class SecretClient implements AutoCloseable {
  /** How many keys the service takes in one request. */
  private static final int MAX_KEYS = 1000;

  private final String name;
  private final ManagedChannel channel;
  private final Channel authorized;
  private final Calls calls;
  private final SecretServiceGrpc.SecretServiceBlockingStub secrets;

  /**
   * To the address in {@code OO_URL}, else {@code http://127.0.0.1:11337}, with the token in {@code OO_TOKEN}. Over https the
   * certificate in the files {@code OO_CLIENT_CERT} and {@code OO_CLIENT_KEY} may take the place of a token.
   */
  public SecretClient() {
    this(new Builder());
  }

  /**
   * See {@link Builder#url} and {@link Builder#token}.
   *
   * @throws IllegalArgumentException one of them cannot be used. It does not connect yet.
   */
  public SecretClient(String url, String token) {
    this(new Builder().url(url).token(token));
  }

  private SecretClient(Builder builder) {
    Connection connection = Connection.to(builder.url, builder.caFile, builder.environment);
    String tokenVariable = builder.environment.apply("OO_TOKEN");
    boolean hasCertificate = connection.certificate() != null;
    var token = TokenSource.of(builder.token, builder.tokenFile, tokenVariable, hasCertificate);
    name = connection.name();
    channel = connection.open(builder.headers == null ? List.of() : List.of(new MoreHeaders(builder.headers)));
    authorized = ClientInterceptors.intercept(channel, new Authorization(token, builder.timeout));
    calls = new Calls(token, builder.tokenFile != null, builder.timeout, channel::resetConnectBackoff);
    secrets = SecretServiceGrpc.newBlockingStub(channel);
  }

  /** For a client with custom settings. */
  public static Builder builder() {
    return new Builder();
  }

  /** Reads one secret with its value: REASON_NOT_FOUND if there is none that the caller may read. */
  public Secret get(String key) {
    return getMany(List.of(key)).get(key);
  }

  /** As {@link #getMany(Collection)}. */
  public Map<String, Secret> getMany(String... keys) {
    return getMany(List.of(keys));
  }

  /**
   * Reads secrets with their values, by key: all of them, or none. REASON_NOT_FOUND with details that name the missing ones, or
   * REASON_INTEGRITY.
   */
  public Map<String, Secret> getMany(Collection<String> keys) {
    Map<String, Secret> found = new LinkedHashMap<>();
    List<String> unique = List.copyOf(new TreeSet<>(keys));
    for (int start = 0; start < unique.size(); start += MAX_KEYS) {
      List<String> some = unique.subList(start, Math.min(start + MAX_KEYS, unique.size()));
      ListSecretsRequest request =
          ListSecretsRequest.newBuilder().addAllKeys(some).setView(SecretView.SECRET_VIEW_FULL).build();
      pages(request).forEach(secret -> found.put(secret.key(), secret));
    }
    Map<String, Integer> missing = new LinkedHashMap<>();
    int index = 0;
    for (String key : keys) {
      if (!found.containsKey(key)) {
        missing.putIfAbsent(key, index);
      }
      index += 1;
    }
    if (!missing.isEmpty()) {
      throw SecretServiceException.notFound(missing);
    }
    return found;
  }

  /**
   * Goes through the secrets that the caller can see, ordered by key, page after page to the end. A stored document that does
   * not verify is a failure with REASON_INTEGRITY and its key, after all others.
   */
  public Iterable<Secret> list(Filter filter) {
    return pages(filter.toRequest());
  }

  /** As {@link #save(List, SaveOptions)}. */
  public List<SaveResult> save(SecretInput... secrets) {
    return save(List.of(secrets), new SaveOptions());
  }

  /**
   * Creates, updates and removes secrets: all of it, or nothing. The results are those of the secrets, then those of the
   * removals.
   */
  public List<SaveResult> save(List<SecretInput> inputs, SaveOptions options) {
    SaveSecretsRequest request =
        SaveSecretsRequest.newBuilder()
            .addAllSecrets(inputs.stream().map(SecretInput::toMessage).toList())
            .addAllRemove(options.remove().stream().map(Removal::toMessage).toList())
            .setValidateOnly(options.validateOnly())
            .setIdempotencyKey(options.idempotencyKey())
            .build();
    boolean isRepeatable = !options.idempotencyKey().isEmpty();
    return calls.call(secrets, isRepeatable, stub -> stub.saveSecrets(request)).getResultsList().stream()
        .map(SaveResult::fromMessage)
        .toList();
  }

  /** Removes secrets: all of them, or none. */
  public List<RemovedSecret> remove(String... keys) {
    return remove(List.of(keys), "");
  }

  /**
   * Removes secrets: all of them, or none.
   *
   * @param idempotencyKey as in {@link SaveOptions}
   */
  public List<RemovedSecret> remove(List<String> keys, String idempotencyKey) {
    RemoveSecretsRequest request =
        RemoveSecretsRequest.newBuilder().addAllKeys(keys).setIdempotencyKey(idempotencyKey).build();
    return calls.call(secrets, !idempotencyKey.isEmpty(), stub -> stub.removeSecrets(request)).getRemovedList().stream()
        .map(removed -> new RemovedSecret(removed.getKey(), removed.getId(), removed.getVersion()))
        .toList();
  }

  /**
   * Sends every change of the secrets that the caller can see, in order, without values. The first event, without a change,
   * says that the watch has started. REASON_START_OVER if the resume token is too old.
   */
  public Watch watch(WatchFilter filter) {
    return new Watch(calls, SecretServiceGrpc.newStub(channel), filter.toRequest());
  }

  /** Asks the service for its sealing key, for secrets of the caller's own tenant. */
  public SealingKey sealingKey() {
    GetSealingKeyResponse key =
        calls.call(secrets, true, stub -> stub.getSealingKey(GetSealingKeyRequest.getDefaultInstance()));
    String tenant =
        calls
            .call(
                IdentityServiceGrpc.newBlockingStub(channel),
                true,
                stub -> stub.whoAmI(WhoAmIRequest.getDefaultInstance()))
            .getTenant();
    return new SealingKey(key.getKid(), key.getSuite(), key.getPublicKey().toByteArray(), tenant);
  }

  /**
   * Seals a value as {@code key} with the sealing key of the service. The value does not leave the program unsealed. To seal
   * many, or without the service, use a {@link SealingKey}.
   */
  public String seal(String key, String value) {
    return sealingKey().seal(key, value);
  }

  /**
   * The connection of this client for generated code, such as {@code AuditServiceGrpc.newBlockingStub(client.channel())}. Each
   * call sends the token of the client, and ends after its timeout unless it has a deadline of its own; a stream has none.
   * Nothing is repeated. Failures are those of gRPC; {@link SecretServiceException#fromCall} finds their reason.
   */
  public Channel channel() {
    return authorized;
  }

  /** Ends the connection; running calls fail. */
  @Override
  public void close() {
    channel.shutdownNow();
  }

  @Override
  public String toString() {
    return "SecretClient(" + name + ")";
  }

  private Iterable<Secret> pages(ListSecretsRequest request) {
    return () -> new Pages(request, page -> calls.call(secrets, true, stub -> stub.listSecrets(page)));
  }

  /** Settings of a client. */
  public static final class Builder {
    private String url;
    private transient String token;
    private Path tokenFile;
    private Path caFile;
    private Duration timeout = Duration.ofSeconds(10);
    private Supplier<Map<String, String>> headers;
    private UnaryOperator<String> environment = System::getenv;

    private Builder() {}

    /**
     * {@code http://HOST:PORT} or {@code https://HOST:PORT}; defaults to {@code OO_URL}, then {@code http://127.0.0.1:11337}.
     * Without https the token and the values are readable on the network.
     */
    public Builder url(String url) {
      this.url = url;
      return this;
    }

    /** The token; defaults to {@code OO_TOKEN}, and counts more than a certificate. */
    public Builder token(String token) {
      this.token = token;
      return this;
    }

    /** A file that holds the token instead; it is read again before each call, and when the token of a watch ends. */
    public Builder tokenFile(Path tokenFile) {
      this.tokenFile = tokenFile;
      return this;
    }

    /** PEM file with the certificate authorities to trust, and no others. */
    public Builder caFile(Path caFile) {
      this.caFile = caFile;
      return this;
    }

    /** How long a call may take, including its retries; in a list, each page. 10 seconds unless set. */
    public Builder timeout(Duration timeout) {
      if (timeout.isZero() || timeout.isNegative()) {
        throw new IllegalArgumentException("the timeout must be positive, and is " + timeout);
      }
      this.timeout = timeout;
      return this;
    }

    /** Is called before each try for more headers to send, such as {@code traceparent}. They never replace the token. */
    public Builder headers(Supplier<Map<String, String>> headers) {
      this.headers = headers;
      return this;
    }

    /** Stands in for the variables of the process, in tests. */
    Builder environment(UnaryOperator<String> environment) {
      this.environment = environment;
      return this;
    }

    /**
     * The client. It does not connect yet.
     *
     * @throws IllegalArgumentException a setting cannot be used
     * @throws java.io.UncheckedIOException a file cannot be read
     */
    public SecretClient build() {
      return new SecretClient(this);
    }
  }
}
