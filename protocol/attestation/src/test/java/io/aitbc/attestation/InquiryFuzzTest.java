// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Everything that precompile 0x0a06 reads. A fuzzer cannot sign, so what is read behind a
/// signature has targets of its own. Protocol §18.3, §18.4, §18.8.
class InquiryFuzzTest {
  private interface Parser {
    Object read() throws RefusedException;
  }

  /// Whatever is no refusal ends the test, and what was read once is read the same again.
  private static void readOrRefused(Parser parser) {
    assertEquals(outcome(parser), outcome(parser));
  }

  private static Object outcome(Parser parser) {
    try {
      return parser.read();
    } catch (RefusedException refused) {
      return refused.reason();
    }
  }

  @FuzzTest(maxDuration = "1m")
  void anInquiryIsAnsweredOrNone(byte[] input) {
    Optional<Bytes> answer = Inquiry.answer(Bytes.of(input));
    assertEquals(answer, Inquiry.answer(Bytes.of(input)));
    if (Inquiry.signatureUnits(Bytes.of(input)) < 0) {
      throw new AssertionError("a negative price");
    }
  }

  @FuzzTest(maxDuration = "1m")
  void aChainIsReadOrRefused(byte[] input) {
    readOrRefused(() -> Pem.certificates(Bytes.of(input)));
  }

  @FuzzTest(maxDuration = "1m")
  void levelsAreReadOrRefused(byte[] input) {
    readOrRefused(() -> TcbInfo.parse(new String(input, StandardCharsets.UTF_8)));
  }

  @FuzzTest(maxDuration = "1m")
  void aQuotingEnclaveIsReadOrRefused(byte[] input) {
    readOrRefused(() -> QeIdentity.parse(new String(input, StandardCharsets.UTF_8)));
  }

  @FuzzTest(maxDuration = "1m")
  void aListOfRevocationsIsReadOrRefused(byte[] input) {
    readOrRefused(() -> RevocationList.of(Bytes.of(input)));
  }

  @FuzzTest(maxDuration = "1m")
  void aTokenIsReadOrRefused(byte[] input) {
    readOrRefused(() -> PsaClaims.of(CborReader.read(Bytes.of(input))));
    readOrRefused(() -> CoseSign1.of(CborReader.read(Bytes.of(input))));
  }

  @FuzzTest(maxDuration = "1m")
  void aPlatformsCertificateIsReadOrRefused(byte[] input) {
    readOrRefused(() -> PckExtension.of(X509Certificate.of(Bytes.of(input))));
  }
}
