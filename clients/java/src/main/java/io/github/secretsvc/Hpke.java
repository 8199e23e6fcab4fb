package io.github.secretsvc;

import java.nio.ByteBuffer;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;

/** The only class that needs Bouncy Castle. */
final class Hpke {
  private static final HPKE SUITE =
      new HPKE(HPKE.mode_base, HPKE.kem_MLKEM768_X25519, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);

  private Hpke() {}

  /** The encapsulated key, then the ciphertext. */
  static byte[] seal(byte[] publicKey, byte[] info, byte[] plaintext) {
    try {
      byte[][] sealed =
          SUITE.seal(SUITE.deserializePublicKey(publicKey), info, new byte[0], plaintext, null, null, null);
      byte[] ciphertext = sealed[0];
      byte[] encapsulated = sealed[1];
      return ByteBuffer.allocate(encapsulated.length + ciphertext.length).put(encapsulated).put(ciphertext).array();
    } catch (InvalidCipherTextException error) {
      throw new IllegalStateException("the value could not be sealed", error);
    }
  }
}
