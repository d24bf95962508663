// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class DispatcherFuzzTest {
  private static final Rpc RPC = new Rpc();

  @FuzzTest
  void everyRequestIsAnsweredAndNoneBreaksTheNode(byte[] input) {
    String answer = RPC.answer(new String(input, StandardCharsets.UTF_8)).toString();
    assertFalse(answer.contains("\"internal error\""), answer);
  }
}
