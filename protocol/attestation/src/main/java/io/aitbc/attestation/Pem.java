// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Certificates as text (RFC 7468): blocks one after the other, nothing but white space between,
/// and NUL bytes at the end, where Intel's quotes have one.
final class Pem {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  /// Most certificates of a chain.
  private static final int CERTIFICATES_MAX = 8;

  private Pem() {}

  static List<X509Certificate> certificates(Bytes text) throws RefusedException {
    return certificates(new String(text.toArray(), StandardCharsets.ISO_8859_1));
  }

  static List<X509Certificate> certificates(String text) throws RefusedException {
    List<X509Certificate> certificates = new ArrayList<>();
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == 0) {
      end--;
    }
    String rest = text.substring(0, end).strip();
    while (!rest.isEmpty()) {
      int close = rest.indexOf(END);
      RefusedException.unless(
          rest.startsWith(BEGIN) && close > 0 && certificates.size() < CERTIFICATES_MAX,
          Reason.MALFORMED);
      String body = rest.substring(BEGIN.length(), close).replaceAll("[\r\n]", "");
      try {
        certificates.add(X509Certificate.of(Bytes.wrap(Base64.getDecoder().decode(body))));
      } catch (IllegalArgumentException noBase64) {
        throw RefusedException.malformed();
      }
      rest = rest.substring(close + END.length()).strip();
    }
    RefusedException.unless(!certificates.isEmpty(), Reason.MALFORMED);
    return certificates;
  }
}
