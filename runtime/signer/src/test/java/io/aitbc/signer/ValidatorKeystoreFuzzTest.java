// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Any bytes are a keystore or are refused with a reason, before anything costly is done. Protocol
/// §12.5.
class ValidatorKeystoreFuzzTest {
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] input) {
    try {
      assertNotNull(ValidatorKeystore.read(input));
    } catch (KeyFileException refused) {
      assertNotNull(refused.refusal());
    }
  }
}
