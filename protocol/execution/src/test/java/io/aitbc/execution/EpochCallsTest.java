// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.LargestEconomy.Ended;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochReport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the calls at the end of an epoch cost with the largest sets. Protocol §16.10.
class EpochCallsTest {
  /// Of the 100,000,000 that a call is given.
  private static final long GAS_MAX = 30_000_000;

  /// The build's share; 100,000 by a command (docs/testing.md).
  private static final int DELEGATORS = Integer.getInteger("aitbc.economy.delegators", 5_000);

  private static final int AUTHORITIES = 21;
  private static final int CANDIDATES = 2_000;
  private static final int MEMBERS = 1_000;

  @Test // Protocol §16.10
  void aBoundaryThatExchangesAllValidatorsCostsWhatAnyOtherDoes() {
    LargestEconomy economy = new LargestEconomy(AUTHORITIES, CANDIDATES);
    List<Candidate> ones = economy.stakers(0, MEMBERS);
    List<Candidate> others = economy.stakers(MEMBERS, CANDIDATES - MEMBERS);
    Ended first = look("first epoch", economy.end(ones, List.of()));
    Ended kept = look("nobody exchanged", economy.end(ones, List.of()));
    economy.delegate(DELEGATORS);
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      Ended exchanged =
          look(
              "all exchanged, " + DELEGATORS + " delegators",
              economy.end(i % 2 == 0 ? others : ones, List.of()));
      assertEquals(kept.gas(), exchanged.gas());
      assertEquals(AUTHORITIES + CANDIDATES, exchanged.after().candidates().size());
      least = Math.min(least, exchanged.cpuMillis());
    }
    assertTrue(least < 500, least + " ms");
    assertTrue(first.gas().get(1) > kept.gas().get(1), "the first settlement writes new slots");
  }

  @Test // Protocol §16.10
  void aSetOfAHundredIsSettledWithinFiftyMilliseconds() {
    LargestEconomy economy = new LargestEconomy(AUTHORITIES, 79);
    List<Candidate> set = new ArrayList<>(economy.authorities());
    set.addAll(economy.stakers(0, 79));
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      least = Math.min(least, look("21 + 79", economy.end(set, List.of())).cpuMillis());
    }
    assertTrue(least < 50, least + " ms");
  }

  @Test // Protocol §6.2, §16.10
  void asManyAbsentAsAreEverReportedAreFinedBelowTheGas() {
    LargestEconomy economy = new LargestEconomy(AUTHORITIES, CANDIDATES);
    List<Candidate> set = new ArrayList<>(economy.authorities());
    set.addAll(economy.stakers(0, MEMBERS - AUTHORITIES));
    var _ = economy.end(set, List.of());
    economy.openBallot(); // What a penalty changes is noted for it, which costs most.
    int authorities = AUTHORITIES / 3;
    List<Address> absent =
        new ArrayList<>(
            set
                .subList(
                    AUTHORITIES - authorities,
                    AUTHORITIES - authorities + EpochReport.UNAVAILABLE_MAX)
                .stream()
                .map(Candidate::account)
                .toList());
    Ended ended = look(absent.size() + " absent", economy.end(set, absent));
    assertEquals(
        EpochReport.UNAVAILABLE_MAX,
        ended.after().candidates().stream().filter(Candidate::isJailed).count());
  }

  @Test // Protocol §16.10, §17.16
  void workOfAllCandidatesIsWeighedBelowTheGas() {
    LargestEconomy economy = new LargestEconomy(AUTHORITIES, CANDIDATES);
    List<Candidate> set = economy.stakers(0, MEMBERS);
    Ended idle = look("nobody worked", economy.end(set, List.of()));
    economy.settleWork(economy.stakers(0, CANDIDATES));
    Ended ended = look("work of " + CANDIDATES, economy.end(set, List.of()));
    assertEquals(
        CANDIDATES,
        ended.after().candidates().stream().filter(each -> each.workWeight() > 0).count());
    assertTrue(idle.after().candidates().stream().allMatch(each -> each.workWeight() == 0));
    assertTrue(ended.cpuMillis() < 500, ended.cpuMillis() + " ms");
  }

  private static Ended look(String what, Ended ended) {
    System.out.printf(
        "%s: %d ms of processor time; %d calls; gas %s%n",
        what, ended.cpuMillis(), ended.calls(), ended.gas());
    assertTrue(ended.gas().stream().allMatch(each -> each < GAS_MAX), "gas: " + ended.gas());
    return ended;
  }
}
