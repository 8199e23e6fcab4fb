package io.github.secretsvc;

import static io.github.secretsvc.Surroundings.tokenOf;
import static io.github.secretsvc.Surroundings.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The samples are what README.md shows. */
class SamplesTest {
  private static final Map<String, String> PRINTED =
      Map.of(
          "Read", "DATABASE_URL has 35 characters\n",
          "Environment", "the program connects to redis://localhost:6379\n",
          "Secure", "API_KEY is at version 1\n",
          "Seal", "app/STRIPE_KEY SAVE_OUTCOME_CREATED\n",
          "Follow",
              """
              watching
              uses a value of 3 characters
              app/watched/KEY changed
              uses a value of 5 characters
              """,
          "Tour",
              """
              app/billing/STRIPE_KEY SAVE_OUTCOME_CREATED
              app/billing/WEBHOOK_KEY SAVE_OUTCOME_CREATED
              app/billing/STRIPE_KEY [app, billing]
              app/billing/WEBHOOK_KEY [app]
              another caller was faster: app/billing/STRIPE_KEY
              2 versions
              removed 1
              """);

  @TempDir Path folder;

  @Test
  void allSamplesAreHere() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("samples"))) {
      assertEquals(
          PRINTED.keySet(),
          files.map(file -> file.getFileName().toString().replace(".java", "")).collect(Collectors.toSet()));
    }
  }

  @TestFactory
  Stream<DynamicTest> samples() {
    return PRINTED.keySet().stream().sorted().map(sample -> DynamicTest.dynamicTest(sample, () -> test(sample)));
  }

  private void test(String sample) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder program =
        new ProcessBuilder(java.toString(), "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), sample);
    program.directory(folder.toFile()).redirectErrorStream(true);
    if (sample.equals("Secure")) {
      program.environment().put("OO_URL", variable("SECRET_TLS_URL"));
      Files.copy(Path.of(variable("SECRET_CA_FILE")), folder.resolve("ca.pem"));
      Files.writeString(folder.resolve("token"), tokenOf("app"));
    } else {
      program.environment().put("OO_URL", variable("SECRET_URL"));
      program.environment().put("OO_TOKEN", tokenOf("app"));
    }
    if (sample.equals("Seal")) {
      Files.copy(Path.of(variable("SECRET_SEALING_KEY_FILE")), folder.resolve("sealing-key.json"));
    }
    Process process = program.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), printed);
    assertEquals(PRINTED.get(sample), printed);
  }
}
