// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.RotationStrategy;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/// Draws the validators of an epoch from the candidates. Protocol §2.2, §2.3.
///
/// @param epoch the epoch that is drawn for
/// @param snapshot the candidates and parameters at the end of the epoch before the last one
/// @param mode the mode in force when the set is drawn
/// @param beacon the beacon of the block with the snapshot
/// @param earlier the plans whose members need no readiness vote, the latest last; empty at
///   genesis, where nobody needs one
/// @param reputations of the candidates; who has none begins at {@link #REPUTATION_START}
record EpochDraw(
    long epoch,
    EpochSnapshot snapshot,
    Mode mode,
    Hash beacon,
    List<EpochPlan> earlier,
    TreeMap<Address, Integer> reputations) {
  /// Reputation of a newcomer, and the least that is drawn before others with the strategy
  /// REPUTATION: 0.7.
  static final int REPUTATION_START = 700;

  /// The plan of the epoch; empty if no class has a member and there is no earlier set to keep.
  Optional<EpochPlan> draw() {
    ConsensusParameters parameters = snapshot.parameters();
    ModeParameters staking = parameters.of(mode == Mode.FAST ? Mode.BALANCED : mode);
    int authoritySeats =
        Math.min(ValidatorSet.AUTHORITIES_MAX, parameters.of(mode).validatorsMax());
    TreeSet<Address> authorities = accounts(chosen(admittedAuthorities(), authoritySeats));
    List<Candidate> stakers = stakers(staking, authorities);
    if (!authorities.isEmpty() && stakeOf(stakers).compareTo(leastTotalStake()) < 0) {
      stakers = List.of();
    }
    List<Validator> validators = validators(authorities, stakers);
    if (!validators.isEmpty()) {
      return Optional.of(plan(ValidatorSet.of(validators)));
    }
    return earlier.isEmpty() ? Optional.empty() : Optional.of(plan(earlier.getLast().set()));
  }

  private EpochPlan plan(ValidatorSet set) {
    TreeMap<Address, Long> work = new TreeMap<>();
    for (Candidate candidate : snapshot.candidates()) {
      work.put(candidate.account(), candidate.workWeight());
    }
    List<Merit> merits =
        set.validators().stream()
            .map(Validator::account)
            .map(account -> new Merit(reputation(account), work.getOrDefault(account, 0L)))
            .toList();
    return new EpochPlan(epoch, set, snapshot.parameters(), snapshot.workShareMillionths(), merits);
  }

  /// Stakers beside authorities hold at least so much together, or none is drawn; once there, they
  /// stay down to half of it.
  private VotingPower leastTotalStake() {
    VotingPower least = snapshot.parameters().minTotalStake();
    boolean there = !earlier.isEmpty() && !earlier.getLast().set().stakers().isEmpty();
    return there ? new VotingPower(least.units() / 2) : least;
  }

  private boolean mayBeDrawn(Candidate candidate) {
    if (candidate.isJailed()) {
      return false;
    }
    boolean known =
        earlier.isEmpty()
            || earlier.stream().anyMatch(plan -> plan.set().contains(candidate.account()));
    return known || candidate.readyEpoch().orElse(-1) == epoch - 2;
  }

  private List<Candidate> admittedAuthorities() {
    return snapshot.candidates().stream()
        .filter(candidate -> candidate.validatorClass().isAuthority() && mayBeDrawn(candidate))
        .toList();
  }

  /// Stakers: authorities with enough stake, who need no further seat, then others up to the cap.
  private List<Candidate> stakers(ModeParameters staking, TreeSet<Address> authorities) {
    List<Candidate> seated = new ArrayList<>();
    List<Candidate> others = new ArrayList<>();
    for (Candidate candidate : snapshot.candidates()) {
      boolean eligible =
          candidate.validatorClass().isStaker()
              && candidate.stake().compareTo(staking.leastStake()) >= 0
              && mayBeDrawn(candidate);
      if (eligible) {
        (authorities.contains(candidate.account()) ? seated : others).add(candidate);
      }
    }
    int seats = Math.max(0, staking.validatorsMax() - authorities.size());
    seated.addAll(chosen(others, seats));
    return seated;
  }

  private static TreeSet<Address> accounts(List<Candidate> candidates) {
    TreeSet<Address> accounts = new TreeSet<>();
    candidates.forEach(candidate -> accounts.add(candidate.account()));
    return accounts;
  }

  private static VotingPower stakeOf(List<Candidate> stakers) {
    long units = 0;
    for (Candidate staker : stakers) {
      units = Math.addExact(units, staker.stake().units());
    }
    return new VotingPower(units);
  }

  private List<Validator> validators(TreeSet<Address> authorities, List<Candidate> stakers) {
    TreeSet<Address> staking = accounts(stakers);
    List<Validator> validators = new ArrayList<>();
    for (Candidate candidate : snapshot.candidates()) {
      Address account = candidate.account();
      boolean staker = staking.contains(account);
      if (authorities.contains(account) || staker) {
        ValidatorClass joined =
            !staker
                ? ValidatorClass.AUTHORITY
                : authorities.contains(account) ? ValidatorClass.BOTH : ValidatorClass.STAKER;
        VotingPower stake = staker ? candidate.stake() : VotingPower.ZERO;
        validators.add(new Validator(account, candidate.key(), joined, stake));
      }
    }
    return validators;
  }

  private int reputation(Address account) {
    return reputations.getOrDefault(account, REPUTATION_START);
  }

  /// Those of `candidates`, ordered by account, who get one of `seats` seats.
  private List<Candidate> chosen(List<Candidate> candidates, int seats) {
    if (candidates.size() <= seats) {
      return candidates;
    }
    return switch (snapshot.parameters().rotation()) {
      case ROUND_ROBIN -> inTurn(candidates, seats);
      case VRF_SORTITION -> byLot(candidates, seats);
      case STAKE_WEIGHTED, REPUTATION, HYBRID -> ranked(candidates, seats);
    };
  }

  /// `seats` neighbours, from where the epoch before stopped.
  private List<Candidate> inTurn(List<Candidate> candidates, int seats) {
    int start = (int) (Math.multiplyExact(epoch, (long) seats) % candidates.size());
    List<Candidate> chosen = new ArrayList<>();
    for (int i = 0; i < seats; i++) {
      chosen.add(candidates.get((start + i) % candidates.size()));
    }
    return chosen;
  }

  /// The first by stake, reputation, or stake times reputation; equals by account.
  private List<Candidate> ranked(List<Candidate> candidates, int seats) {
    RotationStrategy strategy = snapshot.parameters().rotation();
    ToIntFunction<Candidate> reputation = candidate -> reputation(candidate.account());
    Comparator<Candidate> byStake =
        Comparator.comparing(Candidate::stake).reversed().thenComparing(Candidate::account);
    Comparator<Candidate> order =
        switch (strategy) {
          case REPUTATION -> Comparator.comparingInt(reputation).reversed().thenComparing(byStake);
          case HYBRID ->
              Comparator.comparingLong(this::stakeTimesReputation)
                  .reversed()
                  .thenComparing(byStake);
          case STAKE_WEIGHTED, ROUND_ROBIN, VRF_SORTITION -> byStake;
        };
    return candidates.stream().sorted(order).limit(seats).toList();
  }

  private long stakeTimesReputation(Candidate candidate) {
    long stake = weight(candidate);
    return Shares.scale(
        stake, 500 + reputation(candidate.account()), ValidatorReport.REPUTATION_MAX);
  }

  /// Stake, and the bond of those admitted as authorities.
  private static long weight(Candidate candidate) {
    long bond = candidate.validatorClass().isAuthority() ? ProposerOrder.BOND_UNITS : 0;
    return candidate.stake().units() + bond;
  }

  /// Drawn one after another with odds by stake, nobody twice.
  private List<Candidate> byLot(List<Candidate> candidates, int seats) {
    Lottery lottery = new Lottery(beacon, "rotation", epoch);
    long[] weights = candidates.stream().mapToLong(EpochDraw::weight).toArray();
    long total = 0;
    for (long weight : weights) {
      total = Math.addExact(total, weight);
    }
    List<Candidate> chosen = new ArrayList<>();
    for (int i = 0; i < seats; i++) {
      int index = lottery.pick(i, weights, total);
      chosen.add(candidates.get(index));
      total -= weights[index];
      weights[index] = 0;
    }
    return chosen;
  }
}
