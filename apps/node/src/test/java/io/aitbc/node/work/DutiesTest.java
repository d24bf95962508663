// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DutiesTest { // Protocol §17.13
  private final Duties duties = new Duties();
  private final List<String> done = new ArrayList<>();

  @Test
  void aDutyThatBreaksHoldsUpNoOtherAndIsKnownInTheEnd() {
    duties.attempt(() -> {
      throw new IllegalArgumentException("what nobody thought of");
    });
    duties.attempt(() -> done.add("commit"));
    duties.attempt(() -> {
      throw new IOException("the node is gone");
    });
    duties.attempt(() -> done.add("reveal"));
    assertEquals(List.of("commit", "reveal"), done);
    IOException failed = assertThrows(IOException.class, duties::end);
    assertInstanceOf(IllegalArgumentException.class, failed.getCause());
  }

  @Test
  void whatIsOnItsWayHasNotFailed() throws IOException {
    duties.attempt(() -> {
      throw new OnItsWayException();
    });
    duties.end();
  }
}
