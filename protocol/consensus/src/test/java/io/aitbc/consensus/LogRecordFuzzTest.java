// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Encodable;
import io.aitbc.model.MalformedException;

/// What is accepted is the canonical encoding. Protocol §8.3.
class LogRecordFuzzTest {
  @FuzzTest
  void whatIsAcceptedIsTheOnlyEncoding(byte[] input) {
    Bytes encoded = Bytes.of(input);
    try {
      assertEquals(encoded, Encodable.decode(encoded, LogRecord::readFrom).encoded());
    } catch (MalformedException refused) {
      assertNotNull(refused.reason());
    }
  }
}
