import io.github.secretsvc.SealingKey;
import io.github.secretsvc.SecretClient;
import io.github.secretsvc.SecretInput;
import java.io.IOException;
import java.nio.file.Path;

/** Seals a value without the service, and saves what was sealed. */
public class Seal {
  public static void main(String[] arguments) throws IOException {
    // snippet
    SealingKey key = SealingKey.read(Path.of("sealing-key.json")); // what 'oo secret sealing-key' prints
    String sealed = key.seal("app/STRIPE_KEY", "sk_live_4711");
    // end snippet
    try (SecretClient client = new SecretClient()) {
      // snippet save
      var results = client.save(SecretInput.of("app/STRIPE_KEY", sealed).encrypted(true));
      // end snippet
      System.out.println(results.get(0).key() + " " + results.get(0).outcome());
    }
  }
}
