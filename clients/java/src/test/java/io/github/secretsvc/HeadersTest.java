package io.github.secretsvc;

import static io.github.secretsvc.Surroundings.tokenOf;
import static io.github.secretsvc.Surroundings.variable;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.secretsvc.v1.AuditServiceGrpc;
import io.github.secretsvc.v1.ListAuditEventsRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadersTest {
  @Test
  void headersOfAProgramAreSentAndNeverReplaceTheToken() {
    String trace = "ddddf2f3577b34da6a3ce929d0e0e473";
    Map<String, String> more =
        Map.of("Traceparent", "00-" + trace + "-00f067aa0ba902b7-01", "Authorization", "Bearer none");
    var builder = SecretClient.builder().url(variable("SECRET_URL")).token(tokenOf("admin")).headers(() -> more);
    try (SecretClient client = builder.build()) {
      client.list(new Filter()).iterator().hasNext();
      var request = ListAuditEventsRequest.newBuilder().setPageSize(20).build();
      var events = AuditServiceGrpc.newBlockingStub(client.channel()).listAuditEvents(request).getEventsList();
      assertTrue(events.stream().anyMatch(event -> event.getRequestId().startsWith(trace + "-")));
    }
  }
}
