// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import java.util.Optional;

class CborFuzzTest { // Protocol §18.2, §18.3, §18.5, §18.6
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

  @FuzzTest(maxDuration = "1m")
  void collateralIsNoneOrReadBack(byte[] input) {
    Optional<CollateralItem> item = CollateralItem.decode(Bytes.of(input));
    if (!item.flatMap(it -> CollateralItem.decode(it.encoded())).equals(item)) {
      throw new AssertionError("what was written is read as something else");
    }
  }

  @FuzzTest(maxDuration = "1m")
  void aPolicyIsNoneOrWrittenAsItWasRead(byte[] input) {
    Bytes encoding = Bytes.of(input);
    if (TrustPolicy.decode(encoding).filter(it -> !it.encoded().equals(encoding)).isPresent()) {
      throw new AssertionError("two encodings of one policy");
    }
  }
}
