// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;

/// What is accepted is the canonical encoding. Protocol §11.4.
class ConsensusExtensionFuzzTest {
  @FuzzTest
  void whatIsAcceptedIsTheOnlyEncoding(byte[] input) {
    Bytes encoded = Bytes.of(input);
    try {
      assertEquals(encoded, Encodable.decode(encoded, ConsensusExtension::readFrom).encoded());
    } catch (MalformedException refused) {
      assertNotNull(refused.reason());
    }
  }
}
