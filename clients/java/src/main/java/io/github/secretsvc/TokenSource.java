package io.github.secretsvc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Where the token comes from, as a function, so that printing it does not show the token. */
final class TokenSource {
  private static final Pattern TOKEN = Pattern.compile("[!-~]+");

  private TokenSource() {}

  /**
   * The token that is given, or a file that is read each time, or OO_TOKEN. Empty for a client that shows a certificate in
   * place of a token.
   *
   * @throws IllegalArgumentException there is no token, or two
   */
  static Supplier<String> of(String token, Path file, String fromEnvironment, boolean hasCertificate) {
    boolean isGiven = token != null && !token.isEmpty();
    if (isGiven && file != null) {
      throw new IllegalArgumentException("give a token or a token file, not both");
    }
    if (file != null) {
      return () -> check(read(file), "the token file");
    }
    String text = isGiven ? token : fromEnvironment;
    if (text == null || text.isEmpty()) {
      if (hasCertificate) {
        return () -> "";
      }
      throw new IllegalArgumentException("there is no token: give one, or a token file, or set OO_TOKEN");
    }
    String checked = check(text, isGiven ? "the token" : "OO_TOKEN");
    return () -> checked;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException error) {
      throw new UncheckedIOException("cannot read the token file", error);
    }
  }

  private static String check(String token, String source) {
    if (!TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          source + " does not hold a token: that is one line without spaces, such as oo_…");
    }
    return token;
  }
}
