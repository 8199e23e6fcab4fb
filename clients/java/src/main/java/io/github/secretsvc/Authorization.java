package io.github.secretsvc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Sends the token with each call, if there is one, and gives a deadline to calls that have none. */
final class Authorization implements ClientInterceptor {
  private final Supplier<String> token;
  private final Duration timeout;

  Authorization(Supplier<String> token, Duration timeout) {
    this.token = token;
    this.timeout = timeout;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    boolean isStream = !method.getType().serverSendsOneMessage();
    boolean isLimited = options.getDeadline() != null || isStream;
    CallOptions limited =
        isLimited ? options : options.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    String current = token.get();
    return new SimpleForwardingClientCall<>(next.newCall(method, limited)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        if (!current.isEmpty()) {
          headers.put(Calls.AUTHORIZATION, "Bearer " + current);
        }
        super.start(listener, headers);
      }
    };
  }
}
