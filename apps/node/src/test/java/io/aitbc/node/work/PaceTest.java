// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.node.work.Pace.Due;
import io.aitbc.node.work.Pace.Load;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a worker accepts beside what it has. Protocol §17.13.
class PaceTest {
  private static final Hash SMALL = Keccak256.hash(Bytes.of((byte) 1));
  private static final Hash LARGE = Keccak256.hash(Bytes.of((byte) 2));

  private static Due due(Hash model, long operations, long seconds) {
    return new Due(new Load(model, operations), Duration.ofSeconds(seconds));
  }

  @Test
  void anUnknownEngineTakesOneClaimAtATime() {
    Pace pace = new Pace();
    assertTrue(pace.isNew(SMALL));
    assertTrue(pace.fits(List.of(), due(SMALL, 1L << 60, 1)));
    assertFalse(pace.fits(List.of(due(SMALL, 1, 60)), due(SMALL, 1, 60)));
  }

  @Test
  void aClaimFitsIfTwiceItsTimeIsLeft() {
    Pace pace = new Pace();
    pace.measured(new Load(SMALL, 1_000), Duration.ofSeconds(1));
    assertTrue(pace.fits(List.of(), due(SMALL, 30_000, 60)));
    assertFalse(pace.fits(List.of(), due(SMALL, 30_001, 60)));
    // A model that never ran is as slow as the slowest.
    assertTrue(pace.fits(List.of(), due(LARGE, 30_000, 60)));
    assertFalse(pace.fits(List.of(), due(LARGE, 30_001, 60)));
    pace.measured(new Load(LARGE, 1_000), Duration.ofSeconds(2));
    assertFalse(pace.fits(List.of(), due(LARGE, 15_001, 60)));
    assertTrue(pace.fits(List.of(), due(SMALL, 30_000, 60)));
  }

  @Test
  void aClaimThatWouldMakeAnotherLateIsNotTaken() {
    Pace pace = new Pace();
    pace.measured(new Load(SMALL, 1_000), Duration.ofSeconds(1));
    List<Due> accepted = List.of(due(SMALL, 20_000, 100), due(SMALL, 5_000, 20));
    // 10 s of 20 and 50 s of 100 are spoken for.
    assertTrue(pace.fits(accepted, due(SMALL, 5_000, 20)));
    assertFalse(pace.fits(accepted, due(SMALL, 5_001, 20)), "itself");
    assertTrue(pace.fits(accepted, due(SMALL, 25_000, 200)));
    assertTrue(pace.fits(accepted, due(SMALL, 20_000, 60)));
    assertFalse(pace.fits(accepted, due(SMALL, 26_000, 70)), "the one that ends at 100");
    // One that is late already stays so, and is no reason against another.
    assertTrue(pace.fits(List.of(due(SMALL, 10_000, 1)), due(SMALL, 10_000, 60)));
  }

  @Test // Protocol §17.14: who does not answer a dispute in time is convicted.
  void workIsHeldAgainstTheTimeOfAnAnswer() {
    Pace pace = new Pace();
    assertTrue(pace.isWithin(new Load(SMALL, 1L << 60), Duration.ofSeconds(1)));
    pace.measured(new Load(SMALL, 1_000), Duration.ofSeconds(1));
    assertTrue(pace.isWithin(new Load(SMALL, 450_000), Duration.ofSeconds(450)));
    assertFalse(pace.isWithin(new Load(SMALL, 450_001), Duration.ofSeconds(450)));
    assertTrue(pace.isWithin(new Load(LARGE, 450_001), Duration.ofSeconds(450)), "not measured");
  }

  @Test
  void thePaceFollowsWhatIsMeasured() {
    Pace pace = new Pace();
    pace.measured(new Load(SMALL, 10), Duration.ofSeconds(10)); // Cold.
    assertFalse(pace.fits(List.of(), due(SMALL, 1_000, 60)));
    for (int run = 0; run < 20; run++) {
      pace.measured(new Load(SMALL, 1_000), Duration.ofSeconds(1));
    }
    assertTrue(pace.fits(List.of(), due(SMALL, 29_000, 60)));
  }
}
