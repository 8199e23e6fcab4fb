package io.github.secretsvc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Seals values that only the service can open, and only as one key of one tenant: they are safe in git. It is public, and needs
 * neither the service nor a token, but Bouncy Castle, which programs that seal add to their dependencies.
 */
public final class SealingKey {
  private static final String SUITE = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM";
  private static final byte[] LABEL = "secret-svc/seal/v1".getBytes(StandardCharsets.US_ASCII);
  private static final int PUBLIC_KEY_BYTES = 1216;
  private static final int MAX_VALUE_BYTES = 64 << 10;
  private static final int MAX_KEY_BYTES = 255;
  private static final Pattern KID = Pattern.compile("[0-9a-f]{16}");
  private static final Pattern TENANT = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.+=@/-]+");

  private final String kid;
  private final byte[] publicKey;
  private final String tenant;

  /**
   * @param kid 16 hex digits
   * @param publicKey 1,216 bytes
   * @throws IllegalArgumentException it is not a sealing key
   */
  public SealingKey(String kid, String suite, byte[] publicKey, String tenant) {
    check(suite.equals(SUITE), "the sealing key is for another suite than " + SUITE);
    check(KID.matcher(kid).matches(), "the kid of the sealing key is not 16 hex digits");
    check(
        TENANT.matcher(tenant).matches(),
        "the tenant of the sealing key is not a-z and 0-9, in groups joined by single '-'");
    check(
        publicKey.length == PUBLIC_KEY_BYTES,
        "the public key of the sealing key is not " + PUBLIC_KEY_BYTES + " bytes");
    this.kid = kid;
    this.publicKey = publicKey.clone();
    this.tenant = tenant;
  }

  /**
   * Reads the file that {@code oo secret sealing-key} prints.
   *
   * @throws IllegalArgumentException it is not such a file
   * @throws IOException it cannot be read
   */
  public static SealingKey read(Path file) throws IOException {
    String wrong = file + " is not a sealing key with a tenant: 'oo secret sealing-key' prints one";
    Struct.Builder content = Struct.newBuilder();
    byte[] publicKey;
    try {
      JsonFormat.parser().merge(Files.readString(file), content);
      publicKey = Base64.getDecoder().decode(field(content, "publicKey"));
    } catch (InvalidProtocolBufferException | IllegalArgumentException | java.nio.charset.CharacterCodingException error) {
      throw new IllegalArgumentException(wrong);
    }
    check(content.getFieldsMap().containsKey("tenant"), wrong);
    return new SealingKey(field(content, "kid"), field(content, "suite"), publicKey, field(content, "tenant"));
  }

  /** Names the key: 16 hex digits. */
  public String kid() {
    return kid;
  }

  /** The tenant whose secrets are sealed with it. */
  public String tenant() {
    return tenant;
  }

  /**
   * Seals a value, 1 byte to 64 KiB, that can then be saved (with {@code encrypted}) as {@code key} and as nothing else.
   * Two seals of one value differ; the length of the value is visible.
   *
   * @throws IllegalArgumentException the key or the value breaks a rule
   * @throws IllegalStateException Bouncy Castle is not there
   */
  public String seal(String key, String value) {
    return seal(key, Value.of(value));
  }

  /** As {@link #seal(String, String)}. */
  public String seal(String key, Value value) {
    check(
        KEY.matcher(key).matches() && key.length() <= MAX_KEY_BYTES,
        "a key has 1 to " + MAX_KEY_BYTES + " characters of A-Z a-z 0-9 _ . + = @ - and /");
    byte[] plaintext = value.revealBytes();
    check(
        plaintext.length > 0 && plaintext.length <= MAX_VALUE_BYTES,
        "a value has 1 to %d bytes, and this one has %d".formatted(MAX_VALUE_BYTES, plaintext.length));
    byte[] header = join(withLength(value.isBytes() ? "key-bytes" : "key"), withLength(tenant), withLength(key));
    byte[] info = join(LABEL, HexFormat.of().parseHex(kid), header);
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String body = base64.encodeToString(encrypt(info, plaintext));
    return "seal.v1." + kid + "." + base64.encodeToString(header) + "." + body;
  }

  @Override
  public String toString() {
    return "SealingKey(" + kid + " of " + tenant + ")";
  }

  private byte[] encrypt(byte[] info, byte[] plaintext) {
    try {
      return Hpke.seal(publicKey, info, plaintext);
    } catch (NoClassDefFoundError error) {
      throw new IllegalStateException("sealing needs org.bouncycastle:bcprov-jdk18on 1.87 or newer", error);
    }
  }

  private static String field(Struct.Builder content, String name) {
    return content.getFieldsOrDefault(name, com.google.protobuf.Value.getDefaultInstance()).getStringValue();
  }

  /** A text after its length in four bytes, so that no two places have the same bytes. */
  private static byte[] withLength(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();
  }

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer whole = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      whole.put(part);
    }
    return whole.array();
  }

  private static void check(boolean isGood, String message) {
    if (!isGood) {
      throw new IllegalArgumentException(message);
    }
  }
}
