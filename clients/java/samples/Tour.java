import io.github.secretsvc.Filter;
import io.github.secretsvc.Removal;
import io.github.secretsvc.SaveOptions;
import io.github.secretsvc.Secret;
import io.github.secretsvc.SecretClient;
import io.github.secretsvc.SecretInput;
import io.github.secretsvc.SecretServiceException;
import io.github.secretsvc.v1.ListVersionsRequest;
import io.github.secretsvc.v1.Reason;
import io.github.secretsvc.v1.SecretServiceGrpc;
import java.util.List;

/** Saves, lists and removes secrets, and meets an error. */
public class Tour {
  public static void main(String[] arguments) {
    try (SecretClient client = new SecretClient()) {
      tour(client);
    }
  }

  private static void tour(SecretClient client) {
    // snippet save
    var results =
        client.save(
            SecretInput.of("app/billing/STRIPE_KEY", "sk_test_abc123").readers("app", "billing"),
            SecretInput.of("app/billing/WEBHOOK_KEY", "whsec_xyz789"));
    results.forEach(result -> System.out.println(result.key() + " " + result.outcome()));
    // end snippet

    // snippet list
    for (Secret secret : client.list(new Filter().keyPattern("app/billing/*"))) {
      System.out.println(secret.key() + " " + secret.readers());
    }
    // end snippet

    // snippet error
    try {
      client.save(SecretInput.of("app/billing/STRIPE_KEY", "sk_test_other").ifVersion(0)); // only if it does not exist
    } catch (SecretServiceException error) {
      if (error.reason() == Reason.REASON_STALE_VERSION) {
        System.out.println("another caller was faster: " + error.details().get(0).key());
      }
    }
    // end snippet

    // snippet batch
    client.save(
        List.of(SecretInput.of("app/billing/STRIPE_KEY", "sk_test_new")),
        new SaveOptions().remove(new Removal("app/billing/WEBHOOK_KEY")).idempotencyKey("deploy-4711"));
    // end snippet

    // snippet contract
    var service = SecretServiceGrpc.newBlockingStub(client.channel()); // the whole contract, with the token of the client
    var request = ListVersionsRequest.newBuilder().setKey("app/billing/STRIPE_KEY").build();
    System.out.println(service.listVersions(request).getVersionsCount() + " versions");
    // end snippet

    // snippet remove
    var removed = client.remove("app/billing/STRIPE_KEY");
    // end snippet
    System.out.println("removed " + removed.size());
  }
}
