package io.github.secretsvc;

import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Shows the certificate in OO_CLIENT_CERT and OO_CLIENT_KEY, which is read again for each connection: others renew it.
 */
final class ClientCertificate extends X509ExtendedKeyManager {
  private record Named(String alias, PemPair pair) {}

  private final Path certFile;
  private final Path keyFile;
  /** The last pair and the one before: a handshake asks for both parts of its pair, also when it is renewed in between. */
  private volatile List<Named> pairs;

  private ClientCertificate(Path certFile, Path keyFile) {
    this.certFile = certFile;
    this.keyFile = keyFile;
    // What cannot be used now is an error at once, and not at the first call.
    pairs = List.of(new Named("0", PemPair.read(certFile, keyFile)));
  }

  /**
   * Null when none is set, and without https.
   *
   * @throws IllegalArgumentException one of the variables is missing, or the files are not a certificate and its key
   * @throws java.io.UncheckedIOException a file cannot be read
   */
  static ClientCertificate of(UnaryOperator<String> environment, boolean isTls) {
    String cert = environment.apply("OO_CLIENT_CERT");
    String key = environment.apply("OO_CLIENT_KEY");
    boolean hasCert = cert != null && !cert.isEmpty();
    boolean hasKey = key != null && !key.isEmpty();
    if (hasCert != hasKey) {
      throw new IllegalArgumentException("OO_CLIENT_CERT and OO_CLIENT_KEY go together");
    }
    return hasCert && isTls ? new ClientCertificate(Path.of(cert), Path.of(key)) : null;
  }

  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    return readAgain();
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return readAgain();
  }

  private synchronized String readAgain() {
    PemPair now = PemPair.read(certFile, keyFile);
    Named last = pairs.get(0);
    if (now.chain().equals(last.pair().chain())) {
      return last.alias();
    }
    Named next = new Named(String.valueOf(Long.parseLong(last.alias()) + 1), now);
    pairs = List.of(next, last);
    return next.alias();
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    PemPair pair = find(alias);
    return pair == null ? null : pair.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    PemPair pair = find(alias);
    return pair == null ? null : pair.key();
  }

  private PemPair find(String alias) {
    return pairs.stream().filter(each -> each.alias().equals(alias)).map(Named::pair).findFirst().orElse(null);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return new String[] {pairs.get(0).alias()};
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return null;
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return null;
  }
}
