// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Encodable;
import io.aitbc.model.MalformedException;

/// What is accepted is the canonical encoding. Protocol §8.3.2.
class LogRecordFuzzTest {
  @FuzzTest
  void whatIsAcceptedIsTheOnlyEncoding(byte[] input) {
    try {
      Bytes encoding = Bytes.of(input);
      assertEquals(encoding, Encodable.decode(encoding, LogRecord::readFrom).encoded());
    } catch (MalformedException refused) {
      assertNotNull(refused.reason());
    }
  }
}
