// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

// Protocol §10.4: whatever the network, the machines and up to a third of the proposers do, nothing
// is taken back too deep, no slot is signed twice, and nodes come to one chain again.
class PoaSeedsTest {
  /// The build's seeds: `./aitbc simulate --seed 1 --seeds 120 --profile poa`.
  private static final int SEEDS = 120;

  private static final String CORE = "protocol/consensus/src/main/java/io/aitbc/consensus/poa/";

  static final List<Patch> PATCHES =
      List.of(
          new Patch(
              "the base rises with the highest head",
              CORE + "BlockTree.java",
              "    base = Position.of(block);",
              "",
              _ -> true,
              List.of(Invariant.NEVER_DEEPER)),
          new Patch(
              "a node stops where the longer chain goes too deep",
              CORE + "AuthorityChain.java",
              ".filter(other -> hasHonestAuthor(tree.path(other.blockHash())));",
              ".filter(_ -> false);",
              _ -> true,
              List.of(Invariant.ONE_CHAIN)),
          new Patch(
              "a slot is written down before it is signed for",
              "runtime/signer/src/main/java/io/aitbc/signer/LocalValidatorSigner.java",
              "    keep(SigningRecord.afterLoss(genesisHash, slot.next()));",
              "",
              _ -> true,
              List.of(Invariant.DURABLE_BEFORE_SENT, Invariant.SLOT_ONCE)));

  @Test
  void theBuildsSeedsPassAndShowAllThatMustBeShown() {
    Map<PoaWorld.Sight, Integer> seen = new EnumMap<>(PoaWorld.Sight.class);
    List<String> failures = new ArrayList<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      PoaSimulation.Outcome outcome = PoaSimulation.run(PoaOptions.of(seed));
      if (!outcome.passed()) {
        failures.add(String.join("\n", PoaSimulation.minimized(outcome).report()));
      }
      outcome.sights().forEach((sight, count) -> seen.merge(sight, count, Integer::sum));
    }
    assertEquals(List.of(), failures);
    assertEquals(List.of(PoaWorld.Sight.values()), List.copyOf(seen.keySet()));
  }

  @ParameterizedTest
  @FieldSource("PATCHES")
  void withoutTheRuleTheBuildsSeedsFail(Patch patch) throws Exception {
    Method run = PatchTest.trial(patch, "runWithoutVotes");
    for (long seed = 1; seed <= SEEDS; seed++) {
      List<String> failed = PatchTest.call(run, seed);
      if (!failed.isEmpty()) {
        assertTrue(patch.shows().contains(Invariant.valueOf(failed.getFirst())), failed.toString());
        return;
      }
    }
    fail("no seed of the build shows that a rule is missing: " + patch);
  }

  @Test
  void aSeedIsOneRun() {
    for (int seed = 1; seed <= 3; seed++) {
      PoaSimulation.Outcome once = PoaSimulation.run(PoaOptions.of(seed));
      PoaSimulation.Outcome again = PoaSimulation.run(PoaOptions.of(seed));
      assertEquals(once.traceHash(), again.traceHash());
    }
  }
}
