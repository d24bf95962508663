// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.model.MalformedException;

/// What is accepted is the canonical encoding. Protocol §8.3.2.
class LogRecordCodecFuzzTest {
  @FuzzTest
  void whatIsAcceptedIsTheOnlyEncoding(byte[] input) {
    try {
      assertArrayEquals(input, LogRecordCodec.encode(LogRecordCodec.decode(input)));
    } catch (MalformedException refused) {
      assertNotNull(refused.reason());
    }
  }
}
