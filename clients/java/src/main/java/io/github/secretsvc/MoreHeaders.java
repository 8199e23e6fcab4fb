package io.github.secretsvc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Map;
import java.util.function.Supplier;

/** Sends the headers that a program wants with each call. They never replace the token. */
record MoreHeaders(Supplier<Map<String, String>> headers) implements ClientInterceptor {
  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    Map<String, String> more = headers.get();
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata metadata) {
        more.forEach(
            (name, value) -> {
              if (!name.equalsIgnoreCase("authorization")) {
                metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
              }
            });
        super.start(listener, metadata);
      }
    };
  }
}
