// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static io.aitbc.consensus.TestChain.candidate;
import static io.aitbc.model.TestValidators.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.Role;
import io.aitbc.model.RotationStrategy;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Protocol §2.2, Protocol §2.3.
class EpochDrawTest {
  private static final Hash BEACON = TestChain.GENESIS;

  private static long aitbc(long amount) {
    return VotingPower.of(Amount.aitbc(amount)).units();
  }

  private static ConsensusParameters parameters(RotationStrategy rotation, long minTotal) {
    ConsensusParameters base = ConsensusParameters.DEFAULT;
    return new ConsensusParameters(
        base.policy(),
        base.startMode(),
        base.forbidden(),
        rotation,
        base.proposers(),
        base.fallback(),
        new VotingPower(minTotal),
        base.valueThreshold(),
        base.emptyBlockIntervalMillis(),
        base.roundTimerMillisMax(),
        base.fast(),
        base.balanced(),
        base.secure());
  }

  private static EpochSnapshot snapshot(
      RotationStrategy rotation, long minTotal, List<Candidate> candidates) {
    return new EpochSnapshot(candidates, parameters(rotation, minTotal), 0);
  }

  private static ValidatorSet drawn(Mode mode, EpochSnapshot snapshot) {
    return draw(5, mode, snapshot, List.of(), new TreeMap<>()).set();
  }

  private static EpochPlan draw(
      long epoch,
      Mode mode,
      EpochSnapshot snapshot,
      List<EpochPlan> earlier,
      Map<Address, Integer> reputations) {
    return new EpochDraw(epoch, snapshot, mode, BEACON, earlier, new TreeMap<>(reputations))
        .draw()
        .orElseThrow();
  }

  private static List<Candidate> stakers(int count, long stake) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      candidates.add(candidate(i, ValidatorClass.STAKER, stake + i));
    }
    return candidates;
  }

  private static List<Candidate> mixed(int authorities, int stakers) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < authorities; i++) {
      candidates.add(candidate(i, ValidatorClass.AUTHORITY, 0));
    }
    for (int i = 0; i < stakers; i++) {
      candidates.add(candidate(authorities + i, ValidatorClass.STAKER, aitbc(10_000) + i));
    }
    return candidates;
  }

  private static NavigableSet<Address> accounts(List<Validator> validators) {
    TreeSet<Address> accounts = new TreeSet<>();
    validators.forEach(validator -> accounts.add(validator.account()));
    return accounts;
  }

  @Test // Protocol §2.2: authorities first, stakers fill the rest.
  void theCapsFollowTheMode() {
    EpochSnapshot many = snapshot(RotationStrategy.STAKE_WEIGHTED, 0, mixed(30, 1_100));
    ValidatorSet balanced = drawn(Mode.BALANCED, many);
    assertEquals(21, balanced.authorities().size());
    assertEquals(79, balanced.stakers().size());
    ValidatorSet secure = drawn(Mode.SECURE, many);
    assertEquals(21, secure.authorities().size());
    assertEquals(979, secure.stakers().size());
  }

  @Test // Protocol §2.2: at most the lesser of 21 and the cap of the mode.
  void aModeMaySeatFewerAuthorities() {
    ConsensusParameters base = parameters(RotationStrategy.STAKE_WEIGHTED, 0);
    ModeParameters seven =
        new ModeParameters(
            base.fast().blockIntervalMillis(),
            7,
            base.fast().leastStake(),
            base.fast().transactionsMax(),
            base.fast().bytesMax());
    ConsensusParameters small =
        new ConsensusParameters(
            base.policy(),
            base.startMode(),
            base.forbidden(),
            base.rotation(),
            base.proposers(),
            base.fallback(),
            base.minTotalStake(),
            base.valueThreshold(),
            base.emptyBlockIntervalMillis(),
            base.roundTimerMillisMax(),
            seven,
            base.balanced(),
            base.secure());
    EpochSnapshot crowd = new EpochSnapshot(mixed(30, 200), small, 0);
    assertEquals(7, drawn(Mode.FAST, crowd).authorities().size());
    assertEquals(93, drawn(Mode.FAST, crowd).stakers().size());
    assertEquals(21, drawn(Mode.BALANCED, crowd).authorities().size());
  }

  @Test // Protocol §2.2: in FAST the staker set of BALANCED is drawn as stake backup.
  void fastHasAStakeBackup() {
    ValidatorSet fast =
        drawn(Mode.FAST, snapshot(RotationStrategy.STAKE_WEIGHTED, 0, mixed(30, 1_100)));
    assertEquals(21, fast.authorities().size());
    assertEquals(79, fast.stakers().size());
  }

  @Test // Protocol §2.2: least stake 10,000 in BALANCED's set, 1,000 in SECURE's.
  void theLeastStakeFollowsTheMode() {
    EpochSnapshot small =
        snapshot(
            RotationStrategy.STAKE_WEIGHTED,
            0,
            List.of(
                candidate(0, ValidatorClass.STAKER, aitbc(10_000)),
                candidate(1, ValidatorClass.STAKER, aitbc(10_000) - 1),
                candidate(2, ValidatorClass.STAKER, aitbc(1_000)),
                candidate(3, ValidatorClass.STAKER, aitbc(1_000) - 1)));
    assertEquals(1, drawn(Mode.BALANCED, small).stakers().size());
    assertEquals(1, drawn(Mode.FAST, small).stakers().size());
    assertEquals(3, drawn(Mode.SECURE, small).stakers().size());
  }

  @Test // Protocol §1: one account may hold both roles, and needs one seat.
  void anAuthorityWithStakeHoldsBothRolesInOneSeat() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      candidates.add(candidate(i, ValidatorClass.BOTH, aitbc(20_000)));
    }
    for (int i = 21; i < 150; i++) {
      candidates.add(candidate(i, ValidatorClass.STAKER, aitbc(10_000)));
    }
    ValidatorSet set =
        drawn(Mode.BALANCED, snapshot(RotationStrategy.STAKE_WEIGHTED, 0, candidates));
    assertEquals(100, set.validators().size());
    assertEquals(100, set.stakers().size());
    assertEquals(ValidatorClass.BOTH, set.find(account(3)).orElseThrow().validatorClass());
  }

  @Test // Protocol §2.2: minTotalStake.
  void tooLittleStakeBesideAuthoritiesLeavesTheClassEmpty() {
    List<Candidate> candidates = mixed(4, 3);
    long total = 3 * aitbc(10_000) + 3;
    EpochSnapshot enough = snapshot(RotationStrategy.HYBRID, total, candidates);
    EpochSnapshot little = snapshot(RotationStrategy.HYBRID, total + 1, candidates);
    assertEquals(3, drawn(Mode.BALANCED, enough).stakers().size());
    assertTrue(drawn(Mode.BALANCED, little).stakers().isEmpty());
  }

  @Test // Protocol §2.2: once there, it goes only below half of that.
  void aStakerSetStaysDownToHalfOfTheLeast() {
    List<Candidate> candidates = mixed(4, 3);
    long total = 3 * aitbc(10_000) + 3;
    EpochPlan before =
        draw(
            4,
            Mode.BALANCED,
            snapshot(RotationStrategy.HYBRID, 0, candidates),
            List.of(),
            new TreeMap<>());
    EpochSnapshot half = snapshot(RotationStrategy.HYBRID, 2 * total, candidates);
    EpochSnapshot below = snapshot(RotationStrategy.HYBRID, 2 * total + 2, candidates);
    List<EpochPlan> earlier = List.of(before, before);
    assertEquals(3, draw(5, Mode.BALANCED, half, earlier, new TreeMap<>()).set().stakers().size());
    assertTrue(draw(5, Mode.BALANCED, below, earlier, new TreeMap<>()).set().stakers().isEmpty());
  }

  @Test // Protocol §2.2: without authorities any stake will do.
  void withoutAuthoritiesThereIsNoLeastTotal() {
    EpochSnapshot alone =
        snapshot(RotationStrategy.HYBRID, VotingPower.UNITS_MAX, stakers(2, aitbc(10_000)));
    assertEquals(2, drawn(Mode.SECURE, alone).stakers().size());
  }

  @Test // Protocol §2.2: a draw that leaves both classes empty keeps the old sets.
  void anEmptyDrawKeepsTheOldSet() {
    EpochPlan before =
        draw(
            4,
            Mode.BALANCED,
            snapshot(RotationStrategy.HYBRID, 0, mixed(4, 3)),
            List.of(),
            new TreeMap<>());
    EpochSnapshot nobody = snapshot(RotationStrategy.HYBRID, 0, List.of());
    assertEquals(
        before.set(), draw(5, Mode.BALANCED, nobody, List.of(before), new TreeMap<>()).set());
    assertTrue(
        new EpochDraw(0, nobody, Mode.BALANCED, BEACON, List.of(), new TreeMap<>())
            .draw()
            .isEmpty());
  }

  @Test // Protocol §2.2: a newcomer needs a readiness vote of epoch e - 1.
  void aNewcomerIsDrawnOnlyWhenReady() {
    EpochPlan before =
        draw(
            4,
            Mode.BALANCED,
            snapshot(RotationStrategy.HYBRID, 0, mixed(4, 0)),
            List.of(),
            new TreeMap<>());
    for (long ready : new long[] {2, 3, 4}) {
      List<Candidate> candidates = new ArrayList<>(mixed(4, 0));
      candidates.add(
          new Candidate(
              account(9),
              io.aitbc.model.TestValidators.key(9),
              ValidatorClass.STAKER,
              new VotingPower(aitbc(10_000)),
              Candidate.Standing.ACTIVE,
              0,
              OptionalLong.of(ready)));
      EpochPlan plan =
          draw(
              5,
              Mode.BALANCED,
              snapshot(RotationStrategy.HYBRID, 0, candidates),
              List.of(before, before),
              new TreeMap<>());
      assertEquals(ready == 3, plan.set().contains(account(9)), "ready in " + ready);
    }
  }

  @Test // Protocol §2.2: who was a member of epoch e - 1 or of e is no newcomer in e + 1.
  void whoWasAMemberInEitherEpochBeforeNeedsNoReadinessVote() {
    EpochSnapshot both = snapshot(RotationStrategy.HYBRID, 0, mixed(4, 1));
    EpochPlan with = draw(3, Mode.BALANCED, both, List.of(), new TreeMap<>());
    EpochPlan without =
        draw(
            4,
            Mode.BALANCED,
            snapshot(RotationStrategy.HYBRID, 0, mixed(4, 0)),
            List.of(),
            new TreeMap<>());
    for (List<EpochPlan> earlier : List.of(List.of(with, without), List.of(without, with))) {
      assertTrue(draw(5, Mode.BALANCED, both, earlier, new TreeMap<>()).set().contains(account(4)));
    }
    assertFalse(
        draw(5, Mode.BALANCED, both, List.of(without, without), new TreeMap<>())
            .set()
            .contains(account(4)));
  }

  @Test // Protocol §8: whoever is jailed is not drawn.
  void theJailedAreNotDrawn() {
    List<Candidate> candidates = new ArrayList<>(mixed(4, 2));
    Candidate free = candidates.get(1);
    candidates.set(
        1,
        new Candidate(
            free.account(),
            free.key(),
            free.validatorClass(),
            free.stake(),
            Candidate.Standing.JAILED,
            0,
            OptionalLong.empty()));
    ValidatorSet set = drawn(Mode.BALANCED, snapshot(RotationStrategy.HYBRID, 0, candidates));
    assertFalse(set.contains(account(1)));
    assertEquals(3, set.authorities().size());
  }

  @Test // Protocol §2.3: ROUND_ROBIN goes on where the epoch before stopped.
  void roundRobinGivesEverybodyATurn() {
    EpochSnapshot crowd = snapshot(RotationStrategy.ROUND_ROBIN, 0, stakers(250, aitbc(10_000)));
    TreeSet<Address> seen = new TreeSet<>();
    for (long epoch = 0; epoch < 3; epoch++) {
      EpochPlan plan = draw(epoch, Mode.BALANCED, crowd, List.of(), new TreeMap<>());
      assertEquals(100, plan.set().stakers().size());
      seen.addAll(accounts(plan.set().stakers()));
    }
    assertEquals(250, seen.size());
  }

  @Test // Protocol §2.3: STAKE_WEIGHTED takes those with the most stake.
  void stakeWeightedTakesTheRichest() {
    ValidatorSet set =
        drawn(
            Mode.BALANCED,
            snapshot(RotationStrategy.STAKE_WEIGHTED, 0, stakers(120, aitbc(10_000))));
    assertFalse(set.contains(account(19)));
    assertTrue(set.contains(account(20)));
  }

  @Test // Protocol §2.3: REPUTATION takes the best, those below 0.7 last.
  void reputationTakesTheBest() {
    TreeMap<Address, Integer> reputations = new TreeMap<>();
    for (int i = 0; i < 30; i++) {
      reputations.put(account(i), 900);
    }
    for (int i = 110; i < 120; i++) {
      reputations.put(account(i), 699);
    }
    ValidatorSet set =
        draw(
                5,
                Mode.BALANCED,
                snapshot(RotationStrategy.REPUTATION, 0, stakers(120, aitbc(10_000))),
                List.of(),
                reputations)
            .set();
    assertTrue(accounts(set.stakers()).containsAll(reputations.headMap(account(30)).keySet()));
    assertFalse(set.contains(account(115)));
  }

  @Test // Protocol §2.3: equals by stake.
  void equalReputationsAreOrderedByStake() {
    ValidatorSet set =
        drawn(Mode.BALANCED, snapshot(RotationStrategy.REPUTATION, 0, stakers(120, aitbc(10_000))));
    assertFalse(set.contains(account(19)));
    assertTrue(set.contains(account(20)));
  }

  @Test // Protocol §2.3: the weight of who is admitted as authority holds the bond.
  void hybridWeighsAnAuthoritysBond() {
    List<Candidate> candidates = new ArrayList<>();
    candidates.add(candidate(0, ValidatorClass.AUTHORITY, 0));
    for (int i = 1; i <= 21; i++) {
      candidates.add(candidate(i, ValidatorClass.BOTH, aitbc(1_000) + i));
    }
    NavigableSet<Address> authorities =
        accounts(
            draw(
                    5,
                    Mode.BALANCED,
                    snapshot(RotationStrategy.HYBRID, 0, candidates),
                    List.of(),
                    Map.of(account(0), 1_000))
                .set()
                .authorities());
    // 10,000 * 1.5 is above (10,000 + 1,000) * 1.2; without the bond it would be the least of all.
    assertTrue(authorities.contains(account(0)));
    assertFalse(authorities.contains(account(1)));
  }

  @Test // Protocol §2.3: HYBRID weighs stake by reputation.
  void hybridWeighsStakeByReputation() {
    TreeMap<Address, Integer> reputations = new TreeMap<>();
    reputations.put(account(0), 1_000);
    reputations.put(account(119), 0);
    ValidatorSet set =
        draw(
                5,
                Mode.BALANCED,
                snapshot(RotationStrategy.HYBRID, 0, stakers(120, aitbc(10_000))),
                List.of(),
                reputations)
            .set();
    assertTrue(set.contains(account(0)));
    assertFalse(set.contains(account(119)));
  }

  @Test // Protocol §2.3: VRF_SORTITION draws by stake, without replacement, from the beacon.
  void sortitionDrawsByStake() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      candidates.add(candidate(i, ValidatorClass.STAKER, aitbc(10_000) * (i < 100 ? 1 : 4)));
    }
    EpochSnapshot crowd = snapshot(RotationStrategy.VRF_SORTITION, 0, candidates);
    int rich = 0;
    TreeSet<Address> seen = new TreeSet<>();
    for (long epoch = 0; epoch < 20; epoch++) {
      NavigableSet<Address> drawn =
          accounts(draw(epoch, Mode.BALANCED, crowd, List.of(), new TreeMap<>()).set().stakers());
      assertEquals(100, drawn.size());
      rich += drawn.tailSet(account(100)).size();
      seen.addAll(drawn);
    }
    // Of 100 drawn without replacement at odds 4 : 1 about 73 are rich.
    assertTrue(rich > 20 * 68 && rich < 20 * 78, "rich seats: " + rich);
    assertEquals(200, seen.size());
  }

  @Test // Protocol §2.3: the seed is the beacon of the block with the snapshot.
  void anotherBeaconIsAnotherSortition() {
    EpochSnapshot crowd = snapshot(RotationStrategy.VRF_SORTITION, 0, stakers(200, aitbc(10_000)));
    TreeSet<NavigableSet<Address>> sets =
        new TreeSet<>(java.util.Comparator.comparing(Object::toString));
    for (Hash beacon : List.of(BEACON, BEACON, Keccak256.hash(BEACON.toBytes()))) {
      sets.add(
          accounts(
              new EpochDraw(5, crowd, Mode.BALANCED, beacon, List.of(), new TreeMap<>())
                  .draw()
                  .orElseThrow()
                  .set()
                  .stakers()));
    }
    assertEquals(2, sets.size());
  }

  @Test // Protocol §2.3: the order of candidates that fit does not matter.
  void whoFitsIsDrawnUnderEveryStrategy() {
    for (RotationStrategy rotation : RotationStrategy.values()) {
      assertEquals(
          24, drawn(Mode.BALANCED, snapshot(rotation, 0, mixed(4, 20))).validators().size());
    }
  }

  @Test // Protocol §2.4.
  void rolesFollowFromSetAndMode() {
    TestChain chain =
        TestChain.of(TestChain.parameters(ModePolicy.PINNED, Mode.FAST), 4, 10, 10, 10, 10);
    EpochPlan plan = chain.state().currentPlan();
    assertEquals(Role.PROPOSER, plan.role(account(0), chain.state().mode()));
    assertEquals(Role.VALIDATOR, plan.role(account(4), chain.state().mode()));
    assertEquals(Role.STANDBY, plan.role(account(40), chain.state().mode()));
  }
}
