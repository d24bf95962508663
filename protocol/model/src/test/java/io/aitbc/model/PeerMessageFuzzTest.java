// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import java.util.Optional;

/// What is accepted is the canonical encoding. The first byte is the frame's type. Protocol §11.10.
class PeerMessageFuzzTest {
  @FuzzTest
  void whatIsAcceptedIsTheOnlyEncoding(byte[] input) {
    Optional<FrameType> type = input.length == 0 ? Optional.empty() : FrameType.of(input[0]);
    if (type.isEmpty()) {
      return;
    }
    Bytes payload = Bytes.of(input, 1, input.length - 1);
    try {
      assertEquals(payload, PeerMessage.decode(type.get(), payload).encoded());
    } catch (MalformedException refused) {
      assertNotNull(refused.reason());
    }
  }
}
