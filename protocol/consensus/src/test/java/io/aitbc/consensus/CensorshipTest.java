// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Weight;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Protocol §7.4: how many blocks can leave out what some validators neither propose nor vote for,
/// with the real order, beacon and quorums: 21 authorities and a hundred stakers of equal stake.
class CensorshipTest {
  private static final int AUTHORITIES = 21;
  private static final int STAKERS = 100;
  private static final int CENSORING_STAKERS = 33;
  private static final int HEIGHTS = 4_000;

  /// Odds of a wait that is longer than the table says.
  private static final double NEVER = 1e-9;

  private final ValidatorSet set;
  private final ProposerOrder order;

  CensorshipTest() {
    long[] stakes = new long[STAKERS];
    Arrays.fill(stakes, 1_000);
    set = TestValidators.set(AUTHORITIES, stakes);
    List<Merit> merits = Collections.nCopies(AUTHORITIES + STAKERS, new Merit(700, 0));
    order = new ProposerOrder(set, ConsensusParameters.DEFAULT, 0, merits);
  }

  /// Who leaves it out: the authorities and the stakers with the first numbers.
  private static Set<Address> censors(int authorities) {
    TreeSet<Address> censors = new TreeSet<>(TestValidators.accounts(0, authorities - 1));
    censors.addAll(TestValidators.accounts(AUTHORITIES, AUTHORITIES + CENSORING_STAKERS - 1));
    return censors;
  }

  /// The share of the blocks that censors decide. With three authorities FAST decides without them;
  /// with six it does not, and they decide a height if they propose in one of its rounds 0, 1, 2
  /// or, with the stake, in round 3.
  private static double share(Mode mode, int authorities) {
    double stake = CENSORING_STAKERS / (double) STAKERS;
    double first = authorities / (double) AUTHORITIES;
    return switch (mode) {
      case FAST ->
          authorities <= 3 ? first : 1 - (1 - stake) * (15 * 14 * 13) / (double) (21 * 20 * 19);
      case BALANCED -> 0.7 * first + 0.3 * stake;
      case SECURE -> stake;
    };
  }

  @ParameterizedTest // Protocol §7.4: the table.
  @CsvSource({"FAST, 3, 11", "FAST, 6, 80", "BALANCED, 6, 18", "SECURE, 6, 19"})
  void censorsDecideNoMoreBlocksThanTheTableSays(Mode mode, int authorities, int blocks) {
    double share = share(mode, authorities);
    assertEquals(blocks, (int) Math.ceil(Math.log(NEVER) / Math.log(share)));
    Set<Address> censors = censors(authorities);
    Weight honest =
        set.weightOf(
            set.validators().stream()
                .map(Validator::account)
                .filter(account -> !censors.contains(account))
                .toList());
    int leftOut = 0;
    int run = 0;
    int longest = 0;
    Hash beacon = Beacon.genesis(TestValidators.GENESIS);
    for (int number = 1; number <= HEIGHTS; number++) {
      Validator maker = maker(mode, new Height(number), beacon, censors, honest);
      boolean isLeftOut = censors.contains(maker.account());
      leftOut += isLeftOut ? 1 : 0;
      run = isLeftOut ? run + 1 : 0;
      longest = Math.max(longest, run);
      beacon = Beacon.next(beacon, Keccak256.hash(maker.account().bytes()));
    }
    double measured = leftOut / (double) HEIGHTS;
    System.out.printf(
        Locale.ROOT,
        "%s, %d of 21 authorities and %d %% of the stake censor: %.4f of the blocks (%.4f expected),"
            + " %d one after the other at most (%d once in 10^9)%n",
        mode,
        authorities,
        CENSORING_STAKERS,
        measured,
        share,
        longest,
        blocks);
    double error = Math.sqrt(share * (1 - share) / HEIGHTS);
    assertTrue(Math.abs(measured - share) < 4 * error, measured + ", not " + share);
    assertTrue(longest < blocks, longest + " blocks");
  }

  /// Whose content the height decides: that of the first round whose maker censors, and is voted
  /// for by everybody, or whose honest maker needs no censor's vote.
  private Validator maker(
      Mode mode, Height height, Hash beacon, Set<Address> censors, Weight honest) {
    HeightRules rules = new HeightRules(height, mode, Fallback.ON, Oversight.REQUIRED, set);
    for (int number = 0; ; number++) {
      Round round = new Round(number);
      Validator maker = order.proposer(beacon, height, round, ModeSetting.settled(mode));
      if (censors.contains(maker.account()) || rules.isQuorum(round, honest)) {
        return maker;
      }
    }
  }
}
