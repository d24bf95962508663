// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PemTest { // Protocol §18.3
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  private static Bytes certificate() throws IOException {
    String seed = "CborFuzzTestInputs/aCertificateIsReadOrRefused/vcek";
    try (InputStream in = Objects.requireNonNull(PemTest.class.getResourceAsStream(seed))) {
      return Bytes.wrap(in.readAllBytes());
    }
  }

  private static String block(Bytes certificate) {
    return BEGIN
        + '\n'
        + Base64.getMimeEncoder().encodeToString(certificate.toArray())
        + '\n'
        + END;
  }

  private static void assertMalformed(String text) {
    RefusedException refused =
        assertThrows(RefusedException.class, () -> Pem.certificates(text), () -> text);
    assertEquals(Reason.MALFORMED, refused.reason());
  }

  @Test
  void blocksStandOneBehindTheOtherWithWhiteSpaceBetween() throws Exception {
    Bytes one = certificate();
    X509Certificate read = X509Certificate.of(one);
    assertEquals(List.of(read), Pem.certificates(block(one)));
    assertEquals(List.of(read, read), Pem.certificates(block(one) + block(one)));
    assertEquals(
        List.of(read, read),
        Pem.certificates(" \r\n\t" + block(one) + "\n" + block(one) + "\n\0\0"));
  }

  @Test
  void onlyFourCharactersAreWhiteSpace() throws IOException {
    String block = block(certificate());
    for (char other :
        new char[] {'\u000b', '\f', '\u001c', '\u0085', '\u00a0', '\u2028', '\u180e'}) {
      assertMalformed(other + block);
      assertMalformed(block + other);
      assertMalformed(block + other + block);
    }
  }

  @Test
  void markersMayNotShareTheirDashes() {
    for (int shared = 1; shared <= 5; shared++) {
      assertMalformed(BEGIN + END.substring(shared));
      assertMalformed(BEGIN.substring(0, BEGIN.length() - shared) + END);
      assertMalformed(BEGIN + END.substring(shared) + END);
    }
  }

  @Test
  void aBlockThatIsCutAnywhereIsMalformed() throws IOException {
    assertMalformed("");
    assertMalformed(BEGIN + END);
    assertMalformed(END + BEGIN);
    String block = block(certificate());
    for (int length = 0; length < block.length(); length++) {
      assertMalformed(block.substring(0, length));
      assertMalformed(block + block.substring(0, Math.max(1, length)));
      assertMalformed(block.substring(block.length() - length));
    }
    for (int end = 0; end < END.length(); end++) {
      assertMalformed(BEGIN + END.substring(0, end));
      assertMalformed(BEGIN + END.substring(end + 1));
    }
    for (int begin = 1; begin <= BEGIN.length(); begin++) {
      assertMalformed(BEGIN.substring(begin) + END);
      assertMalformed(BEGIN.substring(0, BEGIN.length() - begin) + END);
    }
  }
}
