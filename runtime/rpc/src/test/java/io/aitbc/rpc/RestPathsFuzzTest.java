// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class RestPathsFuzzTest {
  private static final Rpc RPC = new Rpc();

  /// A path or, behind a line's end, what is posted to it.
  @FuzzTest
  void everyPathIsAnsweredAndNoneBreaksTheNode(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    RestPaths.Answer answer =
        end < 0
            ? RPC.rest.get(RestPaths.PREFIX + text)
            : RPC.rest.post(
                RestPaths.PREFIX + text.substring(0, end),
                text.substring(end + 1).getBytes(StandardCharsets.UTF_8));
    assertNotEquals(500, answer.status(), () -> text + ": " + Rpc.parse(answer.body().toArray()));
  }
}
