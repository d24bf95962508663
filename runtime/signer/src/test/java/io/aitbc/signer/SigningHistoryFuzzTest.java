// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// Any bytes are a history or are refused with a reason. Protocol §8.3.
class SigningHistoryFuzzTest {
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] input) throws KeyFileException {
    SigningHistory history;
    try {
      history = SigningHistory.parse(input);
    } catch (KeyFileException refused) {
      assertNotNull(refused.refusal());
      return;
    }
    assertEquals(history, SigningHistory.parse(history.toJson().getBytes(StandardCharsets.UTF_8)));
  }
}
