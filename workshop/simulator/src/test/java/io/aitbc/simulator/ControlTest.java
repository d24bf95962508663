// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Mode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

// Protocol §4, §8: with a third or more of the class that decides in bad hands there is a fork, so
// the simulator can see one; and what is found of it convicts nobody but who made it.
class ControlTest {
  private static final int SEEDS_MAX = 12;

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aThirdForksTheChainAndIsConvicted(Mode mode) {
    for (long seed = 1; seed <= SEEDS_MAX; seed++) {
      Outcome outcome = Simulation.run(OptionsDraw.control(seed, mode));
      // Evidence against an innocent, or that does not hold, is a violation.
      assertEquals(Optional.empty(), outcome.violation(), () -> String.valueOf(outcome.lines()));
      if (outcome.forked()) {
        List<Member> members = outcome.options().members();
        long liars = members.stream().filter(member -> !member.isHonest()).count();
        assertTrue(!outcome.accused().isEmpty() && outcome.accused().size() <= liars);
        System.out.println(
            "%s: seed %d forks at height %d, %d of %d liars are convicted"
                .formatted(mode, seed, outcome.height(), outcome.accused().size(), liars));
        return;
      }
    }
    throw new AssertionError("no fork in " + mode);
  }
}
