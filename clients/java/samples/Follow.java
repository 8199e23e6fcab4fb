import io.github.secretsvc.SecretClient;
import io.github.secretsvc.SecretInput;
import io.github.secretsvc.Watch;
import io.github.secretsvc.WatchEvent;
import io.github.secretsvc.WatchFilter;

/** Reads a secret again whenever it changes. */
public class Follow {
  public static void main(String[] arguments) {
    try (SecretClient client = new SecretClient()) {
      client.save(SecretInput.of("app/watched/KEY", "one"));
      follow(client);
      client.remove("app/watched/KEY");
    }
  }

  private static void follow(SecretClient client) {
    // snippet
    // The first event has no change: from now on no change is missed.
    try (Watch watch = client.watch(new WatchFilter().keys("app/watched/KEY"))) {
      for (WatchEvent event : watch) {
        System.out.println(event.change() == null ? "watching" : event.change().key() + " changed");
        use(client, watch, client.get("app/watched/KEY").reveal());
      }
    }
    // end snippet
  }

  private static void use(SecretClient client, Watch watch, String value) {
    System.out.println("uses a value of " + value.length() + " characters");
    if (value.equals("other")) {
      watch.close();
    } else {
      client.save(SecretInput.of("app/watched/KEY", "other"));
    }
  }
}
