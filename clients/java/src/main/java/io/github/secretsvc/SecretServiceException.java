package io.github.secretsvc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.secretsvc.v1.Reason;
import io.github.secretsvc.v1.SecretError;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A call that failed. It never holds a value or a token. */
public final class SecretServiceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The number of details that the service puts into an error. */
  private static final int MAX_DETAILS = 20;

  private final Status.Code code;
  private final transient List<ErrorDetail> details;

  SecretServiceException(Status.Code code, String message, List<ErrorDetail> details) {
    super(message);
    this.code = code;
    this.details = List.copyOf(details.subList(0, Math.min(details.size(), MAX_DETAILS)));
  }

  /** The code in gRPC. */
  public Status.Code code() {
    return code;
  }

  /** That of the first detail; REASON_UNSPECIFIED when the service did not answer. */
  public Reason reason() {
    return details().isEmpty() ? Reason.REASON_UNSPECIFIED : details().get(0).reason();
  }

  /** One for each failing item, the first 20 at most. */
  public List<ErrorDetail> details() {
    return details == null ? List.of() : details;
  }

  @Override
  public String toString() {
    String reason = reason() == Reason.REASON_UNSPECIFIED ? "" : ", " + reason();
    return getClass().getName() + ": " + getMessage() + " (" + code + reason + ")";
  }

  /** What a failed call means, also one of generated code over {@link SecretClient#channel}. */
  public static SecretServiceException fromCall(StatusRuntimeException error) {
    Status status = error.getStatus();
    List<ErrorDetail> details = new ArrayList<>();
    com.google.rpc.Status answer = StatusProto.fromThrowable(error);
    for (Any packed : answer == null ? List.<Any>of() : answer.getDetailsList()) {
      if (packed.is(io.github.secretsvc.v1.ErrorDetail.class)) {
        try {
          details.add(ErrorDetail.fromMessage(packed.unpack(io.github.secretsvc.v1.ErrorDetail.class)));
        } catch (InvalidProtocolBufferException ignored) {
          // An unreadable detail is ignored: the code and the message are still there.
        }
      }
    }
    String message = status.getDescription() == null ? "the call failed" : status.getDescription();
    SecretServiceException failure = new SecretServiceException(status.getCode(), message, details);
    if (status.getCause() != null) {
      // Why there is no connection.
      failure.initCause(status.getCause());
    }
    return failure;
  }

  /** Some of the wanted keys are not there: their first positions by key. */
  static SecretServiceException notFound(Map<String, Integer> missing) {
    List<ErrorDetail> details =
        missing.entrySet().stream()
            .map(each -> ErrorDetail.of(Reason.REASON_NOT_FOUND, each.getValue(), each.getKey()))
            .toList();
    String first = details.get(0).key();
    String message =
        details.size() == 1
            ? "there is no secret " + first + " that you can read"
            : "there are %d secrets that do not exist or that you cannot read, the first is %s"
                .formatted(details.size(), first);
    return new SecretServiceException(Status.Code.NOT_FOUND, message, details);
  }

  /** Some stored documents do not verify. */
  static SecretServiceException unverified(List<SecretError> failures) {
    List<ErrorDetail> details =
        failures.stream().map(each -> ErrorDetail.of(each.getReason(), 0, each.getKey())).toList();
    String message = "the stored document of " + details.get(0).key() + " cannot be shown";
    return new SecretServiceException(Status.Code.DATA_LOSS, message, details);
  }
}
