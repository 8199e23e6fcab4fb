// snippet
import io.github.secretsvc.SecretClient;

public class Read {
  public static void main(String[] arguments) {
    // snippet core
    try (SecretClient client = new SecretClient()) { // the address in OO_URL, the token in OO_TOKEN
      var secret = client.get("DATABASE_URL");
      System.out.println(secret.key() + " has " + secret.reveal().length() + " characters");
    }
    // end snippet
  }
}
// end snippet
