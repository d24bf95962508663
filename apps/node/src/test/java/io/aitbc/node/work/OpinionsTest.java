// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.execution.WorkObjection.Said;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a member of a jury says. Protocol §17.17.
class OpinionsTest {
  @Test
  void whoIsServedSaysWhatItFindsAndNothingWhereItCannotLook() {
    assertEquals(Optional.of(Said.RIGHT), Opinions.judged(true, () -> true));
    assertEquals(Optional.of(Said.WRONG), Opinions.judged(true, () -> false));
    assertEquals(
        Optional.empty(),
        Opinions.judged(
            false,
            () -> {
              throw new AssertionError("it has not the memory");
            }));
  }

  @Test
  void whoIsNotServedWaitsUntilTheLastQuarter() {
    assertEquals(Optional.empty(), Opinions.notServed(false));
    assertEquals(Optional.of(Said.WRONG), Opinions.notServed(true));
  }
}
