import io.github.secretsvc.SecretClient;
import java.util.List;

/** Loads secrets into the environment of the program that needs them. */
public class Environment {
  public static void main(String[] arguments) throws Exception {
    System.exit(start(List.of("sh", "-c", "echo the program connects to ${REDIS_URL}")));
  }

  // snippet
  static int start(List<String> command) throws Exception {
    ProcessBuilder program = new ProcessBuilder(command).inheritIO();
    try (SecretClient client = new SecretClient()) {
      var secrets = client.getMany("DATABASE_URL", "REDIS_URL", "API_KEY");
      secrets.forEach((key, secret) -> program.environment().put(key, secret.reveal()));
    }
    return program.start().waitFor();
  }
  // end snippet
}
