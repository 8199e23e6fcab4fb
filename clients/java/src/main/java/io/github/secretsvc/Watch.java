package io.github.secretsvc;

import io.github.secretsvc.v1.Reason;
import io.github.secretsvc.v1.SecretServiceGrpc.SecretServiceStub;
import io.github.secretsvc.v1.WatchSecretsRequest;
import io.github.secretsvc.v1.WatchSecretsResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Goes through changes, for one thread, and waits for them. After a lost connection, and when the token ended and the token file
 * holds another one, it reconnects and misses no change. Ends when it is closed, also by another thread; else throws
 * {@link SecretServiceException}.
 */
public final class Watch implements Iterable<WatchEvent>, Iterator<WatchEvent>, AutoCloseable {
  private static final int HEARTBEAT_SECONDS = 15;
  /** After this long without a heartbeat the connection counts as dead. */
  private static final Duration SILENCE = Duration.ofSeconds(3 * HEARTBEAT_SECONDS);
  private static final long FIRST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int MAX_TRIES_TO_START = 4;

  private final Calls calls;
  private final SecretServiceStub stub;
  private WatchSecretsRequest request;
  private volatile Stream stream;
  private String token;
  private volatile boolean isClosed;
  private boolean hasStarted;
  private int failures;
  private WatchEvent next;

  Watch(Calls calls, SecretServiceStub stub, WatchSecretsRequest request) {
    this.calls = calls;
    this.stub = stub;
    this.request = request.toBuilder().setHeartbeatSeconds(HEARTBEAT_SECONDS).build();
  }

  @Override
  public Iterator<WatchEvent> iterator() {
    return this;
  }

  /** Waits for a change. False when the watch was closed. */
  @Override
  public boolean hasNext() {
    while (next == null && !isClosed) {
      try {
        WatchSecretsResponse message = receive();
        failures = 0;
        request = request.toBuilder().setResumeToken(message.getResumeToken()).build();
        if (message.hasChange() || !hasStarted) {
          next = WatchEvent.fromMessage(message);
        }
        hasStarted = true;
      } catch (SecretServiceException error) {
        waitAfter(error);
      }
    }
    return next != null;
  }

  @Override
  public WatchEvent next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    WatchEvent event = next;
    next = null;
    return event;
  }

  /** Ends the watch. */
  @Override
  public void close() {
    isClosed = true;
    Stream open = stream;
    if (open != null) {
      open.cancel();
    }
  }

  private WatchSecretsResponse receive() {
    Duration patience = SILENCE;
    if (stream == null) {
      patience = calls.timeout();
      token = calls.token();
      SecretServiceStub authorized = calls.authorized(stub, token);
      stream = new Stream();
      authorized.watchSecrets(request, stream);
      // It may have been closed before there was a call to cancel.
      if (isClosed) {
        stream.cancel();
      }
    }
    return stream.receive(patience);
  }

  /** A refusal by the service is final; any other failure is temporary, once the watch has worked. */
  private void waitAfter(SecretServiceException error) {
    if (stream != null) {
      stream.cancel();
      stream = null;
    }
    if (isClosed) {
      return;
    }
    if (error.code() == Status.Code.UNAUTHENTICATED && calls.isRenewed(token)) {
      return;
    }
    boolean isPassing =
        error.code() == Status.Code.UNAVAILABLE || (hasStarted && error.reason() == Reason.REASON_UNSPECIFIED);
    failures += 1;
    if (!isPassing || Thread.currentThread().isInterrupted() || (!hasStarted && failures == MAX_TRIES_TO_START)) {
      throw error;
    }
    long wait = Math.min(LONGEST_WAIT_NANOS, FIRST_WAIT_NANOS << Math.min(failures - 1, 10));
    Calls.pause(ThreadLocalRandom.current().nextLong(wait / 2, wait));
    calls.connectNow();
  }

  /** The part of a watch that one connection serves. The end of the stream stays at the end of the queue. */
  private static final class Stream implements ClientResponseObserver<WatchSecretsRequest, WatchSecretsResponse> {
    private final LinkedBlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private volatile ClientCallStreamObserver<WatchSecretsRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchSecretsRequest> call) {
      this.call = call;
      // One message at a time: if this program is slow, messages wait at the service.
      call.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(WatchSecretsResponse message) {
      received.add(message);
    }

    @Override
    public void onError(Throwable error) {
      received.add(error);
    }

    @Override
    public void onCompleted() {
      received.add(Status.UNAVAILABLE.withDescription("the service ended the watch").asRuntimeException());
    }

    WatchSecretsResponse receive(Duration patience) {
      Object item;
      try {
        item = received.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException interruption) {
        Thread.currentThread().interrupt();
        item = Status.CANCELLED.withDescription("the thread was interrupted").asRuntimeException();
      }
      if (item instanceof WatchSecretsResponse message) {
        call.request(1);
        return message;
      }
      if (item == null) {
        item = Status.DEADLINE_EXCEEDED.withDescription("the service did not say anything in time").asRuntimeException();
      }
      throw SecretServiceException.fromCall((StatusRuntimeException) item);
    }

    void cancel() {
      ClientCallStreamObserver<WatchSecretsRequest> started = call;
      if (started != null) {
        started.cancel("the watch was closed", null);
      }
    }
  }
}
