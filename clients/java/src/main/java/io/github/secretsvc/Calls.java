package io.github.secretsvc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes calls with a token and a deadline, and retries them. */
final class Calls {
  private static final int MAX_TRIES = 4;
  private static final long FIRST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Supplier<String> token;
  private final Duration timeout;
  private final Runnable connectNow;

  /**
   * @param timeout how long a call may take, including its retries
   * @param connectNow ends the pause that gRPC makes between attempts to connect
   */
  Calls(Supplier<String> token, Duration timeout, Runnable connectNow) {
    this.token = token;
    this.timeout = timeout;
    this.connectNow = connectNow;
  }

  Duration timeout() {
    return timeout;
  }

  /** Ends the pause that gRPC makes between attempts to connect. */
  void connectNow() {
    connectNow.run();
  }

  /** A stub that sends the token as it is now. */
  <S extends AbstractStub<S>> S authorized(S stub) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token.get());
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /**
   * Makes a call, up to four times while the service is UNAVAILABLE and the time lasts, and only if it is safe to repeat. The
   * waits double and vary at random.
   */
  <S extends AbstractStub<S>, T> T call(S stub, boolean isRepeatable, Function<S, T> method) {
    long end = System.nanoTime() + timeout.toNanos();
    long wait = FIRST_WAIT_NANOS;
    for (int left = isRepeatable ? MAX_TRIES : 1; ; wait *= 2) {
      try {
        long nanosLeft = Math.max(0, end - System.nanoTime());
        return method.apply(authorized(stub).withDeadlineAfter(nanosLeft, TimeUnit.NANOSECONDS));
      } catch (StatusRuntimeException error) {
        SecretServiceException failure = SecretServiceException.fromCall(error);
        left -= 1;
        long thisWait = ThreadLocalRandom.current().nextLong(wait / 2, wait);
        if (failure.code() != Status.Code.UNAVAILABLE || left == 0 || System.nanoTime() + thisWait - end > 0) {
          throw failure;
        }
        pause(thisWait);
        connectNow();
      }
    }
  }

  /** Throws a failure with the code CANCELLED when the thread is interrupted. */
  static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw SecretServiceException.fromCall(
          Status.CANCELLED.withDescription("the thread was interrupted").asRuntimeException());
    }
  }
}
