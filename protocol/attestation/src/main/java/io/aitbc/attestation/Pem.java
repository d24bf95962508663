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
    int at = pastSpace(text, 0, end);
    while (at < end) {
      int body = at + BEGIN.length();
      int close = text.indexOf(END, body); // The markers' dashes may not be shared.
      RefusedException.unless(
          text.startsWith(BEGIN, at) && close >= 0 && certificates.size() < CERTIFICATES_MAX,
          Reason.MALFORMED);
      String base64 = text.substring(body, close).replace("\r", "").replace("\n", "");
      try {
        certificates.add(X509Certificate.of(Bytes.wrap(Base64.getDecoder().decode(base64))));
      } catch (IllegalArgumentException noBase64) {
        throw RefusedException.malformed();
      }
      at = pastSpace(text, close + END.length(), end);
    }
    RefusedException.unless(!certificates.isEmpty(), Reason.MALFORMED);
    return certificates;
  }

  /// The first place from `at` on without white space, which is four characters here: what else is
  /// white depends on the tables of whoever runs this.
  private static int pastSpace(String text, int at, int end) {
    int next = at;
    while (next < end && " \t\r\n".indexOf(text.charAt(next)) >= 0) {
      next++;
    }
    return next;
  }
}
