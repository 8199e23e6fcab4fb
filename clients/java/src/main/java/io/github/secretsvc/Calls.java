package io.github.secretsvc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.io.UncheckedIOException;
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
  private final boolean isTokenFile;
  private final Duration timeout;
  private final Runnable connectNow;

  /**
   * @param isTokenFile whether the token may change from call to call
   * @param timeout how long a call may take, including its retries
   * @param connectNow ends the pause that gRPC makes between attempts to connect
   */
  Calls(Supplier<String> token, boolean isTokenFile, Duration timeout, Runnable connectNow) {
    this.token = token;
    this.isTokenFile = isTokenFile;
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

  /** The token as it is now. */
  String token() {
    return token.get();
  }

  /** A stub that sends this token. An empty one is not sent: a certificate counts only without a token. */
  <S extends AbstractStub<S>> S authorized(S stub, String token) {
    if (token.isEmpty()) {
      return stub;
    }
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /**
   * Waits a moment for the token file to hold another token than the refused one: it may be written just after the old one
   * was revoked.
   */
  boolean isRenewed(String refused) {
    long wait = FIRST_WAIT_NANOS;
    for (int left = isTokenFile ? MAX_TRIES : 0; left > 0; left -= 1, wait *= 2) {
      try {
        if (!token.get().equals(refused)) {
          return true;
        }
      } catch (IllegalArgumentException | UncheckedIOException beingWritten) {
        // A file without a token may be in the middle of being written.
      }
      if (left > 1) {
        pause(wait);
      }
    }
    return false;
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
        return method.apply(authorized(stub, token()).withDeadlineAfter(nanosLeft, TimeUnit.NANOSECONDS));
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
