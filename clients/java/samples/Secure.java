import io.github.secretsvc.SecretClient;
import java.nio.file.Path;
import java.time.Duration;

/** Connects with TLS and a token that is renewed in a file. */
public class Secure {
  public static void main(String[] arguments) {
    // snippet
    SecretClient client =
        SecretClient.builder() // the address in OO_URL, which starts with https://
            .tokenFile(Path.of("token")) // read again before each call
            .caFile(Path.of("ca.pem")) // trust these authorities, and no others
            .timeout(Duration.ofSeconds(3)) // for a call with all its repetitions
            .build();
    // end snippet
    try (client) {
      var secret = client.get("API_KEY");
      System.out.println(secret.key() + " is at version " + secret.version());
    }
  }
}
