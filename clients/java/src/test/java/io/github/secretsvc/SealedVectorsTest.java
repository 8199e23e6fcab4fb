package io.github.secretsvc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.crypto.hpke.HPKE;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the client seals for the place of a vector has the form of the vector, and opens in the same way. */
class SealedVectorsTest {
  private static final Path FOLDER = Path.of("../../test/vectors/sealed");
  private static final int ENCAPSULATED_BYTES = 1120;

  @TestFactory
  Stream<DynamicTest> vectors() throws IOException {
    Map<String, JsonObject> keys = new HashMap<>();
    List<JsonObject> sealed = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.sorted().toList()) {
        JsonObject vector = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        String expect = text(vector, "expect");
        if (expect.equals("derives")) {
          keys.put(text(vector, "kid"), vector);
        } else if (expect.equals("opens") && text(lastPlace(vector), "scope").equals("key")) {
          sealed.add(vector);
        }
      }
    }
    assertFalse(sealed.isEmpty(), "there are no vectors");
    return sealed.stream().map(each -> DynamicTest.dynamicTest(text(each, "about"), () -> test(keys, each)));
  }

  private static void test(Map<String, JsonObject> keys, JsonObject vector) throws Exception {
    String expected = text(vector, "text");
    JsonObject key = keys.get(expected.split("\\.")[2]);
    JsonObject place = lastPlace(vector);
    byte[] publicKey = Base64.getDecoder().decode(text(key, "publicKey"));
    SealingKey sealingKey =
        new SealingKey(
            text(key, "kid"), "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM", publicKey, text(place, "tenant"));
    Value value =
        vector.has("valueBytes")
            ? Value.ofBytes(Base64.getDecoder().decode(text(vector, "valueBytes")))
            : Value.of(text(vector, "value"));
    String actual = sealingKey.seal(text(place, "target"), value);
    assertArrayEquals(Arrays.copyOf(expected.split("\\."), 4), Arrays.copyOf(actual.split("\\."), 4));
    assertEquals(expected.length(), actual.length());
    assertArrayEquals(value.revealBytes(), open(key, expected));
    assertArrayEquals(value.revealBytes(), open(key, actual));
  }

  /** Does what the service does. */
  private static byte[] open(JsonObject key, String text) throws Exception {
    String[] parts = text.split("\\.");
    byte[] header = Base64.getUrlDecoder().decode(parts[3]);
    byte[] body = Base64.getUrlDecoder().decode(parts[4]);
    byte[] label = "secret-svc/seal/v1".getBytes(StandardCharsets.US_ASCII);
    byte[] info =
        ByteBuffer.allocate(label.length + 8 + header.length)
            .put(label)
            .put(HexFormat.of().parseHex(parts[2]))
            .put(header)
            .array();
    HPKE hpke = new HPKE(HPKE.mode_base, HPKE.kem_MLKEM768_X25519, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    byte[] seed = HexFormat.of().parseHex(text(key, "seed"));
    byte[] publicKey = Base64.getDecoder().decode(text(key, "publicKey"));
    return hpke.open(
            Arrays.copyOf(body, ENCAPSULATED_BYTES),
            hpke.deserializePrivateKey(seed, publicKey),
            info,
            new byte[0],
            Arrays.copyOfRange(body, ENCAPSULATED_BYTES, body.length),
            null,
            null,
            null);
  }

  private static JsonObject lastPlace(JsonObject vector) {
    var places = vector.getAsJsonArray("places");
    return places.get(places.size() - 1).getAsJsonObject();
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }
}
