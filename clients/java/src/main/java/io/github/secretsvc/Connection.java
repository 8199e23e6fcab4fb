package io.github.secretsvc;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Where the service is.
 *
 * @param host an IPv6 address is in brackets
 * @param authorities PEM of those to trust; null for those of Java
 * @param certificate that of the client; null for none
 */
record Connection(String host, int port, boolean isTls, byte[] authorities, ClientCertificate certificate) {
  private static final String DEFAULT_URL = "http://127.0.0.1:11337";
  /** The service ends a response at 3 MiB. */
  private static final int MAX_ANSWER_BYTES = 8 << 20;

  /**
   * Checks an address, or takes that of the environment, which may also have a client certificate.
   *
   * @throws IllegalArgumentException it cannot be used; the message does not quote it, as it may have a password in it
   * @throws UncheckedIOException a file cannot be read
   */
  static Connection to(String url, Path caFile, UnaryOperator<String> environment) {
    String given = url == null || url.isEmpty() ? environment.apply("OO_URL") : url;
    URI address = parse(given == null || given.isEmpty() ? DEFAULT_URL : given);
    boolean isTls = address.getScheme().equals("https");
    if (caFile != null && !isTls) {
      throw new IllegalArgumentException("certificate authorities are of no use without https");
    }
    int port = address.getPort() != -1 ? address.getPort() : isTls ? 443 : 80;
    byte[] authorities = caFile == null ? null : read(caFile);
    return new Connection(address.getHost(), port, isTls, authorities, ClientCertificate.of(environment, isTls));
  }

  String name() {
    return host + ":" + port;
  }

  /** A channel, which connects when it is first used. */
  ManagedChannel open(List<ClientInterceptor> interceptors) {
    NettyChannelBuilder channel =
        NettyChannelBuilder.forAddress(host.replaceAll("[\\[\\]]", ""), port)
            .intercept(interceptors)
            .maxInboundMessageSize(MAX_ANSWER_BYTES)
            // Repeating is for the client, which knows what is safe to repeat.
            .disableRetry()
            // A proxy that the environment names for other purposes would see the token.
            .proxyDetector(address -> null)
            .keepAliveTime(30, TimeUnit.SECONDS);
    if (!isTls) {
      return channel.usePlaintext().build();
    }
    try {
      var context = GrpcSslContexts.forClient();
      if (authorities != null) {
        context.trustManager(new ByteArrayInputStream(authorities));
      }
      if (certificate != null) {
        context.keyManager(certificate);
      }
      return channel.sslContext(context.build()).build();
    } catch (IOException | IllegalArgumentException error) {
      throw new IllegalArgumentException("there is no certificate in the file of the authorities", error);
    }
  }

  private static URI parse(String url) {
    URI address;
    try {
      address = URI.create(url);
    } catch (IllegalArgumentException error) {
      throw wrongAddress();
    }
    String scheme = address.getScheme();
    String path = address.getRawPath();
    boolean isBare = path == null || path.isEmpty() || path.equals("/");
    boolean isService = "http".equals(scheme) || "https".equals(scheme);
    boolean hasMore =
        address.getRawUserInfo() != null || address.getRawQuery() != null || address.getRawFragment() != null;
    if (!isService || address.getHost() == null || !isBare || hasMore) {
      throw wrongAddress();
    }
    return address;
  }

  private static IllegalArgumentException wrongAddress() {
    return new IllegalArgumentException(
        "the address of the service must look like https://HOST:PORT, with nothing after it");
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException error) {
      throw new UncheckedIOException("cannot read the certificate authorities", error);
    }
  }
}
