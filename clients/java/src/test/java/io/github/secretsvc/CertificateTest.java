package io.github.secretsvc;

import static io.github.secretsvc.Surroundings.tokenOf;
import static io.github.secretsvc.Surroundings.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.secretsvc.v1.IdentityServiceGrpc;
import io.github.secretsvc.v1.WhoAmIRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client certificate in place of a token. */
class CertificateTest {
  @TempDir Path folder;

  @Test
  void itTakesThePlaceOfAToken() throws IOException {
    show("SECRET_CLIENT_CERT", "SECRET_CLIENT_KEY");
    try (SecretClient client = tls().build()) {
      assertEquals("mesh-apps-sa-first", slugOf(client));
      assertFalse(client.list(new Filter()).iterator().hasNext());
      try (Watch watch = client.watch(new WatchFilter())) {
        assertNull(watch.next().change());
      }
    }
  }

  @Test
  void theFilesAreReadForEachConnection() throws IOException {
    show("SECRET_CLIENT_CERT", "SECRET_CLIENT_KEY");
    try (SecretClient client = tls().build()) {
      show("SECRET_NEXT_CLIENT_CERT", "SECRET_NEXT_CLIENT_KEY");
      assertEquals("mesh-apps-sa-second", slugOf(client));
    }
  }

  @Test
  void aHandshakeGoesOnWithItsPairWhenItIsRenewed() throws IOException {
    show("SECRET_CLIENT_CERT", "SECRET_CLIENT_KEY");
    ClientCertificate manager = ClientCertificate.of(shown()::get, true);
    String first = manager.chooseEngineClientAlias(new String[0], null, null);
    assertEquals(first, manager.chooseEngineClientAlias(new String[0], null, null));
    var certificate = manager.getCertificateChain(first)[0];
    show("SECRET_NEXT_CLIENT_CERT", "SECRET_NEXT_CLIENT_KEY");
    String second = manager.chooseEngineClientAlias(new String[0], null, null);
    assertEquals(certificate, manager.getCertificateChain(first)[0]);
    assertFalse(certificate.equals(manager.getCertificateChain(second)[0]));
    assertFalse(manager.getPrivateKey(first).equals(manager.getPrivateKey(second)));
    // In the middle of a renewal there is no pair.
    copy("SECRET_CLIENT_KEY", "client.key");
    assertThrows(
        IllegalArgumentException.class, () -> manager.chooseEngineClientAlias(new String[0], null, null));
  }

  @Test
  void aTokenCountsMore() throws IOException {
    show("SECRET_CLIENT_CERT", "SECRET_CLIENT_KEY");
    try (SecretClient client = tls().token(tokenOf("app")).build()) {
      assertEquals("app", slugOf(client));
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws IOException {
    show("SECRET_CLIENT_CERT", "SECRET_NEXT_CLIENT_KEY");
    var error = assertThrows(IllegalArgumentException.class, () -> tls().build());
    assertTrue(error.getMessage().contains("a certificate and its private key"), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "https://localhost, garbage.pem, '', go together",
    "https://localhost, '', garbage.pem, go together",
    "https://localhost, gone.pem, garbage.pem, cannot read the file of OO_CLIENT_CERT",
    "https://localhost, garbage.pem, gone.pem, cannot read the file of OO_CLIENT_KEY",
    "https://localhost, garbage.pem, garbage.pem, a certificate and its private key",
    "https://localhost, blocks.pem, blocks.pem, a certificate and its private key",
    "http://localhost, garbage.pem, garbage.pem, there is no token"
  })
  void whatCannotBeUsed(String url, String cert, String key, String says) throws IOException {
    Files.writeString(folder.resolve("garbage.pem"), "canary-4711");
    String block = "-----BEGIN %s-----\ncanary\n-----END %s-----\n";
    Files.writeString(
        folder.resolve("blocks.pem"), (block + block.replace("%s", "PRIVATE KEY")).formatted("CERTIFICATE", "CERTIFICATE"));
    Map<String, String> variables =
        Map.of(
            "OO_CLIENT_CERT", cert.isEmpty() ? "" : folder.resolve(cert).toString(),
            "OO_CLIENT_KEY", key.isEmpty() ? "" : folder.resolve(key).toString());
    var builder = SecretClient.builder().url(url).environment(variables::get);
    RuntimeException error = assertThrows(RuntimeException.class, builder::build);
    assertTrue(error instanceof IllegalArgumentException || error instanceof UncheckedIOException, error.toString());
    assertTrue(error.getMessage().contains(says), error.getMessage());
    for (Throwable each = error; each != null; each = each.getCause()) {
      assertFalse(each.toString().contains("canary"), each.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "genpkey -algorithm RSA, ''",
    "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096, rsa -traditional",
    "ecparam -name prime256v1 -genkey, ''",
    "ecparam -name secp384r1 -genkey, ec",
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521, ''",
    "genpkey -algorithm ED25519, ''"
  })
  void allFormsOfKeysAreRead(String generate, String convert) throws Exception {
    Path key = folder.resolve("made.key");
    Path cert = folder.resolve("made.pem");
    openssl(generate + " -out " + key);
    openssl("req -x509 -new -subj /CN=made -key " + key + " -out " + cert);
    if (!convert.isEmpty()) {
      openssl(convert + " -in " + key + " -out " + key + ".old");
      Files.move(Path.of(key + ".old"), key, StandardCopyOption.REPLACE_EXISTING);
    }
    // The two may also be in one file.
    Files.writeString(cert, Files.readString(key) + Files.readString(cert));
    PemPair pair = PemPair.read(cert, cert);
    assertEquals("CN=made", pair.chain().get(0).getSubjectX500Principal().getName());
    assertEquals("PemPair(1 certificates)", pair.toString());
  }

  private static void openssl(String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), printed);
  }

  /** A client without a token. */
  private SecretClient.Builder tls() {
    return SecretClient.builder()
        .url(variable("SECRET_TLS_URL"))
        .caFile(Path.of(variable("SECRET_CA_FILE")))
        .environment(shown()::get);
  }

  private Map<String, String> shown() {
    return Map.of(
        "OO_CLIENT_CERT", folder.resolve("client.pem").toString(),
        "OO_CLIENT_KEY", folder.resolve("client.key").toString());
  }

  private void show(String cert, String key) throws IOException {
    copy(cert, "client.pem");
    copy(key, "client.key");
  }

  private void copy(String variable, String name) throws IOException {
    Files.copy(Path.of(variable(variable)), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static String slugOf(SecretClient client) {
    return IdentityServiceGrpc.newBlockingStub(client.channel()).whoAmI(WhoAmIRequest.getDefaultInstance()).getSlug();
  }
}
