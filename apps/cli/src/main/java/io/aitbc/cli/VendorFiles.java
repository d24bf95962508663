// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aitbc.attestation.CollateralItem;
import io.aitbc.crypto.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads collateral from files as vendors publish them. Protocol §18.5.
final class VendorFiles {
  /// Longest file that is read: twice what CollateralRegistry takes, in text.
  private static final long BYTES_MAX = 1L << 17;

  private static final Pattern LIST =
      Pattern.compile("-----BEGIN X509 CRL-----([A-Za-z0-9+/=\\s]+)-----END X509 CRL-----");

  private VendorFiles() {}

  private static byte[] read(Path file) throws IOException {
    long length = Files.size(file);
    if (length > BYTES_MAX) {
      throw new IOException(
          "%s has %d bytes, at most %d are taken".formatted(file, length, BYTES_MAX));
    }
    return Files.readAllBytes(file);
  }

  /// A text as it is.
  static String text(Path file) throws IOException {
    return new String(read(file), StandardCharsets.UTF_8);
  }

  /// An item in the chain's own encoding.
  static CollateralItem item(Path file) throws IOException {
    return CollateralItem.decode(Bytes.wrap(read(file)))
        .orElseThrow(() -> new IOException(file + " is no item of collateral"));
  }

  /// A list of revoked certificates, as PEM or DER.
  static CollateralItem revocations(Path chain, Path list) throws IOException {
    byte[] bytes = read(list);
    Matcher pem = LIST.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    Bytes der = Bytes.wrap(pem.find() ? Base64.getMimeDecoder().decode(pem.group(1)) : bytes);
    return new CollateralItem.Revocations(text(chain), der);
  }

  /// Intel's answer about the levels of a family of platforms.
  static CollateralItem levels(Path chain, Path answer) throws IOException {
    Signed signed = signed(answer, "tcbInfo");
    return new CollateralItem.Levels(text(chain), signed.text, signed.signature);
  }

  /// Intel's answer about its quoting enclave.
  static CollateralItem quotingEnclave(Path chain, Path answer) throws IOException {
    Signed signed = signed(answer, "enclaveIdentity");
    return new CollateralItem.QuotingEnclave(text(chain), signed.text, signed.signature);
  }

  /// @param text exactly what was signed
  private record Signed(String text, Bytes signature) {}

  /// `{NAME: OBJECT, "signature": HEX}`: the signature is over the object's own characters.
  private static Signed signed(Path file, String name) throws IOException {
    String answer = text(file);
    Optional<String> object = Optional.empty();
    Optional<String> signature = Optional.empty();
    try (JsonParser parser = new JsonFactory().createParser(answer)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String field = parser.currentName();
          JsonToken value = parser.nextToken();
          int from = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
          if (field.equals("signature") && value == JsonToken.VALUE_STRING) {
            signature = Optional.of(parser.getText());
          }
          JsonParser _ = parser.skipChildren();
          if (field.equals(name) && value == JsonToken.START_OBJECT) {
            int to = Math.toIntExact(parser.currentLocation().getCharOffset());
            object = Optional.of(answer.substring(from, to));
          }
        }
      }
    }
    if (object.isEmpty() || signature.filter(hex -> hex.matches("([0-9a-fA-F]{2})+")).isEmpty()) {
      throw new IOException("%s has no %s with its signature".formatted(file, name));
    }
    return new Signed(object.get(), Bytes.fromHex(signature.get()));
  }
}
