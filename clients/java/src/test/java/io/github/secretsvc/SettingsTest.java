package io.github.secretsvc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that cannot be used, values that cannot be sealed, and what is shown of them. */
class SettingsTest {
  private static final String TOKEN = "oo_canary-4711";
  private static final String SUITE = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "localhost:11337",
    "grpc://localhost",
    "http://localhost/api",
    "http://localhost?x",
    "http://me:canary-4711@localhost",
    "http://localhost:canary"
  })
  void addressesThatCannotBeUsed(String url) {
    refuses("must look like https://HOST:PORT", () -> new SecretClient(url, TOKEN));
  }

  @Test
  void settingsThatCannotBeUsed() {
    SecretClient.Builder builder = SecretClient.builder().url("http://localhost").token(TOKEN);
    refuses("the token does not hold a token", () -> new SecretClient("http://localhost", "oo_canary\n4711"));
    refuses("set OO_TOKEN", () -> TokenSource.of(null, null, null, false));
    refuses("OO_TOKEN does not hold", () -> TokenSource.of("", null, "oo_canary\n4711", true));
    refuses("must be positive", () -> builder.timeout(Duration.ZERO));
    refuses("without https", () -> SecretClient.builder().url("http://localhost").caFile(folder).build());
    refuses("not both", () -> builder.tokenFile(folder).build());
  }

  @Test
  void filesThatAreNotThereOrHoldNoToken() throws IOException {
    SecretClient.Builder tls = SecretClient.builder().url("https://localhost").token(TOKEN);
    assertThrows(UncheckedIOException.class, () -> tls.caFile(folder.resolve("gone")).build());
    Path empty = Files.writeString(folder.resolve("ca.pem"), "nothing");
    refuses("there is no certificate", () -> tls.caFile(empty).build());
    Path token = folder.resolve("token");
    try (SecretClient client = SecretClient.builder().url("http://127.0.0.1:1").tokenFile(token).build()) {
      assertThrows(UncheckedIOException.class, () -> client.get("X"));
      for (String content : new String[] {"", "oo_canary\n4711", "oo_canary\u00ff"}) {
        Files.writeString(token, content, StandardCharsets.ISO_8859_1);
        refuses("the token file does not hold a token", () -> client.get("X"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://secrets.example, SecretClient(secrets.example:443)",
    "http://secrets.example, SecretClient(secrets.example:80)",
    "http://[::1]:11337/, SecretClient([::1]:11337)"
  })
  void whatIsShownOfAClient(String url, String shown) {
    try (SecretClient client = new SecretClient(url, TOKEN)) {
      assertEquals(shown, client.toString());
    }
  }

  @Test
  void whatIsShownOfAnInput() {
    SecretInput input = SecretInput.of("KEY", "canary-4711").readers("app");
    assertEquals("SecretInput[KEY, value=[redacted]]", input.toString());
    refuses("lone surrogates", () -> SecretInput.of("KEY", "canary-4711\ud800"));
  }

  @ParameterizedTest
  @CsvSource({
    "suite, X25519, another suite",
    "kid, ABC, 16 hex digits",
    "tenant, A, the tenant of the sealing key",
    "publicKey, AAAA, 1216 bytes",
    "publicKey, canary-4711!, is not a sealing key",
    "tenantX, default, is not a sealing key with a tenant"
  })
  void filesThatAreNoSealingKey(String field, String value, String says) throws IOException {
    String key = "A".repeat(1620) + "AA==";
    String good =
        "{\"kid\": \"84a54dd10f1aa7af\", \"suite\": \"%s\", \"publicKey\": \"%s\", \"tenant\": \"default\"}"
            .formatted(SUITE, key);
    String wrong =
        field.equals("tenantX")
            ? good.replace("\"tenant\"", "\"tenantX\"")
            : good.replaceAll("\"" + field + "\": \"[^\"]*\"", "\"" + field + "\": \"" + value + "\"");
    Path file = Files.writeString(folder.resolve("sealing-key.json"), wrong);
    refuses(says, () -> SealingKey.read(file));
    assertEquals("SealingKey(84a54dd10f1aa7af of default)", SealingKey.read(Files.writeString(file, good)).toString());
  }

  @Test
  void whatCannotBeSealed() {
    SealingKey key = new SealingKey("84a54dd10f1aa7af", SUITE, new byte[1216], "default");
    refuses("a key has", () -> key.seal("canary 4711", "value"));
    refuses("a key has", () -> key.seal("k".repeat(256), "value"));
    refuses("this one has 0", () -> key.seal("KEY", ""));
    refuses("this one has 65538", () -> key.seal("KEY", "é".repeat(32769)));
  }

  private static void refuses(String says, Executable act) {
    IllegalArgumentException error = assertThrows(IllegalArgumentException.class, act);
    assertTrue(error.getMessage().contains(says), error.getMessage());
    assertFalse(error.getMessage().contains("canary"), error.getMessage());
  }
}
