package io.github.secretsvc;

import static io.github.secretsvc.Surroundings.tokenOf;
import static io.github.secretsvc.Surroundings.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.secretsvc.v1.AuditServiceGrpc;
import io.github.secretsvc.v1.ListAuditEventsRequest;
import io.github.secretsvc.v1.Reason;
import io.github.secretsvc.v1.VerifyAuditRequest;
import io.github.secretsvc.v1.VerifyAuditResponse;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Iterator;
import org.junit.jupiter.api.Test;

/** Fault C15: generated code over the connection of the client. */
class ChannelTest {
  @Test
  void callsAndStreamsSendTheToken() {
    Path authorities = Path.of(variable("SECRET_CA_FILE"));
    var plain = SecretClient.builder().url(variable("SECRET_URL"));
    var tls = SecretClient.builder().url(variable("SECRET_TLS_URL")).caFile(authorities);
    for (SecretClient.Builder builder : new SecretClient.Builder[] {plain, tls}) {
      try (SecretClient admin = builder.token(tokenOf("admin")).build()) {
        var audit = AuditServiceGrpc.newBlockingStub(admin.channel());
        assertEquals(
            1, audit.listAuditEvents(ListAuditEventsRequest.newBuilder().setPageSize(1).build()).getEventsCount());
        VerifyAuditResponse last = null;
        Iterator<VerifyAuditResponse> messages = audit.verifyAudit(VerifyAuditRequest.getDefaultInstance());
        while (messages.hasNext()) {
          last = messages.next();
        }
        assertTrue(last != null && last.getDone());
      }
    }
  }

  @Test
  void failuresHaveTheReason() {
    try (SecretClient app = new SecretClient(variable("SECRET_URL"), tokenOf("app"))) {
      var audit = AuditServiceGrpc.newBlockingStub(app.channel());
      var error =
          assertThrows(
              StatusRuntimeException.class, () -> audit.listAuditEvents(ListAuditEventsRequest.getDefaultInstance()));
      assertEquals(Reason.REASON_ADMIN_ONLY, SecretServiceException.fromCall(error).reason());
    }
  }
}
