package io.github.secretsvc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate and its private key, from PEM files.
 *
 * @param chain the certificate first
 */
record PemPair(List<X509Certificate> chain, PrivateKey key) {
  private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  /** How a key of each kind signs, to see whether it is that of the certificate. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");
  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int SEQUENCE = 0x30;

  private record Block(String kind, byte[] content) {}

  /**
   * Reads both files, and checks that they fit.
   *
   * @throws IllegalArgumentException they are not a certificate and its key; it quotes nothing of them
   * @throws UncheckedIOException a file cannot be read
   */
  static PemPair read(Path certFile, Path keyFile) {
    List<Block> certs = blocks(certFile, "OO_CLIENT_CERT");
    List<Block> keys = blocks(keyFile, "OO_CLIENT_KEY");
    try {
      List<X509Certificate> chain = new ArrayList<>();
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : certs) {
        if (block.kind().equals("CERTIFICATE")) {
          chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
        }
      }
      Block key = keys.stream().filter(block -> block.kind().endsWith("PRIVATE KEY")).findFirst().orElse(null);
      if (!chain.isEmpty() && key != null) {
        PublicKey publicKey = chain.get(0).getPublicKey();
        PrivateKey privateKey = privateKey(key, publicKey);
        if (fits(privateKey, publicKey)) {
          return new PemPair(List.copyOf(chain), privateKey);
        }
      }
    } catch (GeneralSecurityException | IllegalArgumentException quotesTheFile) {
      // Not even as a cause.
    }
    throw new IllegalArgumentException(
        "OO_CLIENT_CERT and OO_CLIENT_KEY must be a certificate and its private key, as PEM without a passphrase");
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "PemPair(" + chain.size() + " certificates)";
  }

  private static List<Block> blocks(Path file, String source) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException error) {
      throw new UncheckedIOException("cannot read the file of " + source, error);
    }
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
    }
    return blocks;
  }

  private static PrivateKey privateKey(Block block, PublicKey publicKey) throws GeneralSecurityException {
    boolean isPkcs8 = block.kind().equals("PRIVATE KEY");
    byte[] encoded = isPkcs8 ? block.content() : toPkcs8(block.content(), publicKey);
    return KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  /** Java reads PKCS #8 only: the older forms (RSA PRIVATE KEY, EC PRIVATE KEY), after a version and the algorithm. */
  private static byte[] toPkcs8(byte[] content, PublicKey publicKey) {
    byte[] encoded = publicKey.getEncoded();
    int start = encoded[1] >= 0 ? 2 : 2 + (encoded[1] & 0x7f);
    byte[] algorithm = Arrays.copyOfRange(encoded, start, start + 2 + encoded[start + 1]);
    return der(SEQUENCE, der(INTEGER, new byte[1]), algorithm, der(OCTET_STRING, content));
  }

  private static byte[] der(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(tag);
    // DER wants the shortest form of a length.
    if (length >= 0x100) {
      bytes.write(0x82);
      bytes.write(length >> 8);
    } else if (length >= 0x80) {
      bytes.write(0x81);
    }
    bytes.write(length);
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static boolean fits(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
    String algorithm = SIGNATURES.get(publicKey.getAlgorithm());
    if (algorithm == null) {
      return false;
    }
    byte[] message = new byte[32];
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(privateKey);
    signature.update(message);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(message);
    return signature.verify(signed);
  }
}
