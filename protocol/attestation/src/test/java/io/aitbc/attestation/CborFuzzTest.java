// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;

class CborFuzzTest { // Protocol §18.2, §18.3
  @FuzzTest(maxDuration = "1m")
  void aClaimIsRefusedOrWrittenAsItWasRead(byte[] input) {
    try {
      Bytes encoding = Bytes.of(input);
      if (!TeeClaim.of(encoding).encoded().equals(encoding)) {
        throw new AssertionError("two encodings of one claim");
      }
    } catch (RefusedException refused) {
      var _ = refused.reason();
    }
  }

  @FuzzTest(maxDuration = "1m")
  void aCertificateIsReadOrRefused(byte[] input) {
    try {
      var _ = X509Certificate.of(Bytes.of(input));
    } catch (RefusedException refused) {
      var _ = refused.reason();
    }
  }

  @FuzzTest(maxDuration = "1m")
  void aQuoteIsReadOrRefused(byte[] input) {
    try {
      var _ = DcapQuote.of(Bytes.of(input));
    } catch (RefusedException refused) {
      var _ = refused.reason();
    }
  }
}
