package io.github.secretsvc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;

/** What {@code npm run test:clients java} starts; see clients/testdata/README.md. */
final class Surroundings {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Surroundings() {}

  static String variable(String name) {
    String value = System.getenv(name);
    assumeTrue(value != null, name + " is not set: run 'npm run test:clients java'");
    return value;
  }

  static String tokenOf(String who) {
    return switch (who) {
      case "nobody" -> "oo_" + "A".repeat(43);
      case "brief" -> ask("POST", "brief");
      default -> variable("SECRET_TOKEN_" + who.toUpperCase(Locale.ROOT));
    };
  }

  /** Talks to the proxy that fails calls. */
  static int control(String method, String path) {
    return Integer.parseInt(ask(method, path));
  }

  private static String ask(String method, String path) {
    URI uri = URI.create(variable("SECRET_FAULTY_CONTROL_URL") + "/" + path);
    HttpRequest request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException error) {
      throw new IllegalStateException(error);
    }
  }
}
