// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.ProposerStrategy;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Protocol §7.2. The draws come from fixed seeds, so a test over frequencies gives the same answer
/// every time; its bounds are those of a chi-square test at 1 in 10,000.
class ProposerOrderTest {
  private static final ModeSetting FAST = ModeSetting.settled(Mode.FAST);
  private static final ModeSetting BALANCED = ModeSetting.settled(Mode.BALANCED);
  private static final ModeSetting SECURE = ModeSetting.settled(Mode.SECURE);
  private static final int DRAWS = 4_000;

  /// 4 authorities (0 to 3), stakers 4 to 7 with stakes 10, 20, 30, 40 in millions of AITBC.
  private static final ValidatorSet SET =
      TestValidators.set(4, stake(10), stake(20), stake(30), stake(40));

  private static long stake(long millions) {
    return VotingPower.of(Amount.aitbc(millions * 1_000_000)).units();
  }

  private static ConsensusParameters parameters(ProposerStrategy strategy, Fallback fallback) {
    ConsensusParameters base = ConsensusParameters.DEFAULT;
    return new ConsensusParameters(
        base.policy(),
        base.startMode(),
        base.forbidden(),
        base.rotation(),
        strategy,
        fallback,
        base.minTotalStake(),
        base.valueThreshold(),
        base.emptyBlockIntervalMillis(),
        base.roundTimerMillisMax(),
        base.fast(),
        base.balanced(),
        base.secure());
  }

  private static ProposerOrder order(ProposerStrategy strategy) {
    return order(strategy, SET, 0, Collections.nCopies(8, new Merit(1_000, 0)));
  }

  private static ProposerOrder order(
      ProposerStrategy strategy, ValidatorSet set, int workShare, List<Merit> merits) {
    return new ProposerOrder(set, parameters(strategy, Fallback.ON), workShare, merits);
  }

  private static Hash beacon(int number) {
    return Keccak256.hash(new byte[] {(byte) (number >> 8), (byte) number, 7});
  }

  private static Address drawn(ProposerOrder order, ModeSetting setting, int draw, int round) {
    return order.proposer(beacon(draw), new Height(1 + draw), new Round(round), setting).account();
  }

  private static Map<Address, Integer> counts(ProposerOrder order, ModeSetting setting, int round) {
    TreeMap<Address, Integer> counts = new TreeMap<>();
    for (int draw = 0; draw < DRAWS; draw++) {
      counts.merge(drawn(order, setting, draw, round), 1, Integer::sum);
    }
    return counts;
  }

  /// That validators first, first + 1, ... were drawn with odds in these proportions and nobody
  /// else was.
  private static void assertOdds(Map<Address, Integer> counts, int first, long... odds) {
    long total = java.util.Arrays.stream(odds).sum();
    int drawn = counts.values().stream().mapToInt(Integer::intValue).sum();
    double chiSquare = 0;
    int seen = 0;
    for (int i = 0; i < odds.length; i++) {
      double expected = (double) drawn * odds[i] / total;
      int count = counts.getOrDefault(TestValidators.account(first + i), 0);
      seen += count;
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    assertEquals(drawn, seen, "others were drawn: " + counts);
    double bound = 10 + 5.0 * odds.length; // 1 in 10,000 up to 7 degrees of freedom.
    assertTrue(chiSquare < bound, "chi-square " + chiSquare + " of " + counts);
  }

  @Test // Protocol §7.2: FAST -> an authority, uniformly.
  void fastIsProposedByAuthoritiesAlike() {
    assertOdds(counts(order(ProposerStrategy.VRF_HYBRID), FAST, 0), 0, 1, 1, 1, 1);
  }

  @Test // Protocol §7.2: SECURE -> a staker by stake.
  void secureIsProposedByStake() {
    assertOdds(counts(order(ProposerStrategy.VRF_HYBRID), SECURE, 0), 4, 10, 20, 30, 40);
  }

  @Test // Protocol §7.2: BALANCED -> an authority with probability 0.7, else a staker by stake.
  void balancedIsProposedBySeventyToThirty() {
    assertOdds(
        counts(order(ProposerStrategy.VRF_HYBRID), BALANCED, 0),
        0,
        175,
        175,
        175,
        175,
        30,
        60,
        90,
        120);
  }

  @Test // Protocol §3.4: the mix moves by tenths.
  void aChangeOfModeMovesTheMix() {
    Map<Address, Integer> counts =
        counts(order(ProposerStrategy.VRF_HYBRID), new ModeSetting(Mode.FAST, Mode.SECURE, 5), 0);
    assertOdds(counts, 0, 125, 125, 125, 125, 50, 100, 150, 200);
  }

  @ParameterizedTest // Protocol §7.2: in fallback rounds a staker, by stake, under every strategy.
  @EnumSource
  void fallbackRoundsAreProposedByStake(ProposerStrategy strategy) {
    assertOdds(counts(order(strategy), FAST, 3), 4, 10, 20, 30, 40);
  }

  @ParameterizedTest // Protocol §7.2: also in a height of the stakers.
  @EnumSource
  void fallbackRoundsOfTheStakersAreProposedByStake(ProposerStrategy strategy) {
    // With three stakers round 3 begins the second cycle, so all of them are in it.
    ValidatorSet set = TestValidators.set(4, stake(10), stake(20), stake(30));
    ProposerOrder order = order(strategy, set, 0, Collections.nCopies(7, new Merit(1_000, 0)));
    assertOdds(counts(order, SECURE, 3), 4, 10, 20, 30);
  }

  @Test // Protocol §7.2: VRF_HYBRID weighs authorities alike, whatever stake they have.
  void authoritiesWithStakeProposeAsOftenAsOthers() {
    ValidatorSet set =
        ValidatorSet.of(
            List.of(
                TestValidators.authority(0),
                TestValidators.both(1, stake(10)),
                TestValidators.both(2, stake(90))));
    ProposerOrder order =
        order(ProposerStrategy.VRF_HYBRID, set, 0, Collections.nCopies(3, new Merit(1_000, 0)));
    assertOdds(counts(order, FAST, 0), 0, 1, 1, 1);
  }

  @Test // Protocol §7.2.
  void withFallbackOffEveryRoundOfFastIsTheAuthorities() {
    ProposerOrder order =
        new ProposerOrder(
            SET,
            parameters(ProposerStrategy.VRF_HYBRID, Fallback.OFF),
            0,
            Collections.nCopies(8, new Merit(1_000, 0)));
    assertOdds(counts(order, FAST, 3), 0, 1, 1, 1, 1);
  }

  @ParameterizedTest // Protocol §7.2: nobody again before all others of the class.
  @EnumSource
  void nobodyIsDrawnTwiceBeforeAllWere(ProposerStrategy strategy) {
    ProposerOrder order = order(strategy);
    for (int draw = 0; draw < 50; draw++) {
      for (int cycle = 0; cycle < 3; cycle++) {
        TreeSet<Address> stakers = new TreeSet<>();
        for (int turn = 0; turn < 4; turn++) {
          stakers.add(drawn(order, SECURE, draw, 4 * cycle + turn));
        }
        assertEquals(4, stakers.size());
      }
      TreeSet<Address> authorities = new TreeSet<>();
      for (int round : new int[] {0, 1, 2, 4}) {
        authorities.add(drawn(order, FAST, draw, round));
      }
      assertEquals(4, authorities.size());
      TreeSet<Address> fallback = new TreeSet<>();
      for (int round : new int[] {3, 5, 7, 9}) {
        fallback.add(drawn(order, FAST, draw, round));
      }
      assertEquals(4, fallback.size());
    }
  }

  @Test // Protocol §7.2: ROUND_ROBIN takes turns from height to height.
  void roundRobinGoesByTurns() {
    ProposerOrder order = order(ProposerStrategy.ROUND_ROBIN);
    List<Address> turns = new ArrayList<>();
    for (int draw = 0; draw < 8; draw++) {
      turns.add(drawn(order, FAST, draw, 0));
    }
    assertEquals(turns.subList(0, 4), turns.subList(4, 8));
    assertEquals(4, new TreeSet<>(turns).size());
    assertEquals(turns.get(1), drawn(order, FAST, 0, 1));
  }

  @Test // Protocol §7.2: STAKE_WEIGHTED weighs an authority's bond, and its stake if it has some.
  void stakeWeightedWeighsBondAndStake() {
    ValidatorSet set =
        ValidatorSet.of(
            List.of(
                TestValidators.authority(0),
                TestValidators.both(1, ProposerOrder.BOND_UNITS),
                TestValidators.both(2, 3 * ProposerOrder.BOND_UNITS)));
    ProposerOrder order =
        order(ProposerStrategy.STAKE_WEIGHTED, set, 0, Collections.nCopies(3, new Merit(1_000, 0)));
    assertOdds(counts(order, FAST, 0), 0, 1, 2, 4);
  }

  @Test // Protocol §7.2: reputation from 0 to 1 weighs from 0.5 to 1.5.
  void reputationWeighsFromAHalfToOneAndAHalf() {
    List<Merit> merits = new ArrayList<>(Collections.nCopies(8, new Merit(0, 0)));
    merits.set(0, new Merit(1_000, 0));
    merits.set(1, new Merit(500, 0));
    assertOdds(counts(order(ProposerStrategy.REPUTATION, SET, 0, merits), FAST, 0), 0, 3, 2, 1, 1);
    merits.set(4, new Merit(1_000, 0));
    assertOdds(
        counts(order(ProposerStrategy.HYBRID, SET, 0, merits), SECURE, 0), 4, 30, 20, 30, 40);
  }

  /// Work that stands for all odds.
  private static final long WHOLE_WORK = Candidate.WORK_WEIGHT_MAX;

  @Test // Protocol §9: work decides its share of the odds, stake the rest.
  void workDecidesItsShareOfTheOdds() {
    List<Merit> merits = new ArrayList<>(Collections.nCopies(8, new Merit(700, 0)));
    merits.set(4, new Merit(700, WHOLE_WORK / 4));
    merits.set(5, new Merit(700, WHOLE_WORK / 4 * 3));
    ProposerOrder order = order(ProposerStrategy.PROOF_OF_AI, SET, 200_000, merits);
    // 20 % by work, 1 : 3; 80 % by stake.
    assertOdds(counts(order, SECURE, 0), 4, 50 + 80, 150 + 160, 240, 320);
  }

  @Test // Protocol §9: a cap of 1/5 for one validator.
  void workGivesNobodyMoreThanAFifth() {
    List<Merit> merits = new ArrayList<>(Collections.nCopies(8, new Merit(700, 0)));
    merits.set(4, new Merit(700, WHOLE_WORK));
    ProposerOrder order = order(ProposerStrategy.PROOF_OF_AI, SET, 1_000_000, merits);
    assertOdds(counts(order, SECURE, 0), 4, 200 + 80, 160, 240, 320);
  }

  @Test // Protocol §9: with the other strategies work raises a weight by at most a quarter.
  void workRaisesAWeightByAtMostAQuarter() {
    List<Merit> merits = new ArrayList<>(Collections.nCopies(8, new Merit(700, 0)));
    merits.set(0, new Merit(700, WHOLE_WORK / 8));
    merits.set(1, new Merit(700, WHOLE_WORK));
    ProposerOrder order = order(ProposerStrategy.VRF_HYBRID, SET, 1_000_000, merits);
    assertOdds(counts(order, FAST, 0), 0, 1_125, 1_250, 1_000, 1_000);
  }

  @Test // Protocol §9: nobody's odds grow by more than its own work stands for.
  void theWorkOfOneNeverRaisesTheOddsOfAnother() {
    for (ProposerStrategy strategy :
        List.of(ProposerStrategy.VRF_HYBRID, ProposerStrategy.PROOF_OF_AI)) {
      List<Merit> nobody = new ArrayList<>(Collections.nCopies(8, new Merit(700, 0)));
      double without = odds(order(strategy, SET, 1_000_000, nobody), 4);
      for (long work = 1; work <= WHOLE_WORK / 4; work *= 8) {
        for (long others : new long[] {0, 1, WHOLE_WORK / 8}) {
          List<Merit> merits = new ArrayList<>(nobody);
          merits.set(4, new Merit(700, work));
          merits.set(5, new Merit(700, others));
          double gained = odds(order(strategy, SET, 1_000_000, merits), 4) - without;
          assertTrue(
              gained <= (double) work / WHOLE_WORK + 1e-9,
              strategy + ": " + work + " beside " + others + " gained " + gained);
        }
      }
    }
  }

  private static double odds(ProposerOrder order, int member) {
    long[] weights = order.stakerWeights();
    return (double) weights[member - 4] / java.util.Arrays.stream(weights).sum();
  }

  @Test // Protocol §7.2: a network without jobs still has proposers.
  void withoutWorkStakeDecides() {
    ProposerOrder order =
        order(
            ProposerStrategy.PROOF_OF_AI,
            SET,
            1_000_000,
            Collections.nCopies(8, new Merit(700, 0)));
    assertOdds(counts(order, SECURE, 0), 4, 10, 20, 30, 40);
  }

  @Test // Protocol §7.2: a class without members leaves all heights to the other.
  void anEmptyClassIsNeverAsked() {
    ProposerOrder stakers =
        order(
            ProposerStrategy.VRF_HYBRID,
            TestValidators.set(0, 1, 1),
            0,
            Collections.nCopies(2, new Merit(700, 0)));
    assertOdds(counts(stakers, SECURE, 0), 0, 1, 1);
    ProposerOrder authorities =
        order(
            ProposerStrategy.VRF_HYBRID,
            TestValidators.set(2),
            0,
            Collections.nCopies(2, new Merit(700, 0)));
    assertOdds(counts(authorities, FAST, 3), 0, 1, 1);
  }

  @Test // Protocol §7.2: a pure function; another beacon or height is another draw.
  void theDrawFollowsFromBeaconHeightAndRound() {
    ProposerOrder order = order(ProposerStrategy.VRF_HYBRID);
    List<Validator> first = new ArrayList<>();
    List<Validator> again = new ArrayList<>();
    List<Validator> other = new ArrayList<>();
    for (int height = 1; height < 40; height++) {
      first.add(order.proposer(beacon(1), new Height(height), Round.ZERO, SECURE));
      again.add(
          order(ProposerStrategy.VRF_HYBRID)
              .proposer(beacon(1), new Height(height), Round.ZERO, SECURE));
      other.add(order.proposer(beacon(2), new Height(height), Round.ZERO, SECURE));
    }
    assertEquals(first, again);
    assertNotEquals(first, other);
    assertEquals(SET.stakers(), members(first));
  }

  @Test // Protocol §7.2: a height belongs to one class.
  void theClassIsDrawnForEveryHeight() {
    ProposerOrder order = order(ProposerStrategy.VRF_HYBRID);
    List<Validator> drawn = new ArrayList<>();
    for (int height = 1; height < 100; height++) {
      drawn.add(order.proposer(beacon(1), new Height(height), Round.ZERO, BALANCED));
    }
    assertEquals(SET.validators(), members(drawn));
  }

  /// Each of those once, in the order of the set.
  private static List<Validator> members(List<Validator> drawn) {
    return SET.validators().stream().filter(drawn::contains).toList();
  }

  @Test // Protocol §7.2: a far round costs no more than a near one.
  void theLastRoundHasAProposer() {
    ProposerOrder order = order(ProposerStrategy.VRF_HYBRID);
    for (ModeSetting setting : List.of(FAST, BALANCED, SECURE)) {
      for (int back = 0; back < 2; back++) {
        Round round = new Round(Round.NUMBER_MAX - back);
        assertTrue(
            SET.contains(order.proposer(beacon(1), new Height(9), round, setting).account()));
      }
    }
  }
}
