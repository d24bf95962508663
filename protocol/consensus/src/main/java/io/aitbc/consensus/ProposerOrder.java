// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.ProposerStrategy;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.util.List;

/// Who proposes: a pure function of beacon, height, round, mode and epoch plan. One sampler, and
/// weights by strategy. Protocol §7.2.
///
/// A height belongs to one class, drawn by the mode's mix; its fallback rounds belong to the
/// stakers. Within a height a class is drawn without replacement, and from the start again when all
/// of it were drawn, so that no absent validator is waited for twice before everybody had a turn.
final class ProposerOrder {
  /// An authority's bond in units of voting power: 10,000 AITBC; its weight where stake weighs,
  /// with its stake if it has some.
  static final long BOND_UNITS = 10_000_000_000L;

  /// With PROOF_OF_AI no validator has more than a fifth of all odds from its work.
  static final int WORK_ODDS_MILLIONTHS_MAX = 200_000;

  /// With the other strategies settled work raises a weight by at most a quarter.
  static final int WORK_RAISE_MILLIONTHS_MAX = 250_000;

  /// Odds are parts of this where work decides a share of them.
  private static final long ODDS = 1L << 40;

  private final List<Validator> authorities;
  private final List<Validator> stakers;
  private final boolean inTurns;
  private final Fallback fallback;
  private final long[] authorityWeights;
  private final long[] stakerWeights;
  private final long[] stakes;

  ProposerOrder(
      ValidatorSet set, ConsensusParameters parameters, int workShare, List<Merit> merits) {
    authorities = set.authorities();
    stakers = set.stakers();
    inTurns = parameters.proposers() == ProposerStrategy.ROUND_ROBIN;
    fallback = parameters.fallback();
    stakes = stakers.stream().mapToLong(staker -> staker.stake().units()).toArray();
    authorityWeights = weights(set, Draw.AUTHORITIES, parameters.proposers(), workShare, merits);
    stakerWeights = weights(set, Draw.STAKERS, parameters.proposers(), workShare, merits);
  }

  private static long[] weights(
      ValidatorSet set, Draw draw, ProposerStrategy strategy, int workShare, List<Merit> merits) {
    boolean asAuthorities = draw == Draw.AUTHORITIES;
    List<Validator> members = asAuthorities ? set.authorities() : set.stakers();
    long[] base = new long[members.size()];
    long[] work = new long[members.size()];
    int next = 0;
    for (int i = 0; i < merits.size() && next < members.size(); i++) {
      if (set.validators().get(i).equals(members.get(next))) {
        base[next] = base(members.get(next), strategy, merits.get(i), asAuthorities);
        work[next++] = merits.get(i).workWeight();
      }
    }
    return strategy == ProposerStrategy.PROOF_OF_AI
        ? mixed(base, work, workShare)
        : raised(base, work, workShare);
  }

  /// The weight by strategy alone, at least 1 and for all members together below 2^61.
  private static long base(
      Validator validator, ProposerStrategy strategy, Merit merit, boolean asAuthority) {
    long stake = validator.stake().units() + (asAuthority ? BOND_UNITS : 0);
    int factor = 500 + merit.reputation();
    return switch (strategy) {
      case VRF_HYBRID, PROOF_OF_AI -> asAuthority ? 1_000_000 : stake;
      case ROUND_ROBIN -> 1;
      case STAKE_WEIGHTED -> stake;
      case REPUTATION -> 1_000L * factor;
      case HYBRID -> Math.max(1, Shares.scale(stake, factor, 1_000));
    };
  }

  /// Weights raised by settled work: by what each one's own is worth, whatever others settled.
  private static long[] raised(long[] base, long[] work, int shareMillionths) {
    long[] weights = base.clone();
    for (int i = 0; i < base.length; i++) {
      long raise = Math.min(part(work[i], shareMillionths), WORK_RAISE_MILLIONTHS_MAX);
      weights[i] = Math.addExact(base[i], Shares.scale(base[i], raise, Shares.WHOLE_MILLIONTHS));
    }
    return weights;
  }

  /// Millionths of all odds that a weight of work stands for, where work may decide this share.
  private static long part(long work, int shareMillionths) {
    return Shares.scale(shareMillionths, work, Candidate.WORK_WEIGHT_MAX);
  }

  /// Odds that settled work decides, at most a fifth of all for one member, and the base weights
  /// the rest.
  private static long[] mixed(long[] base, long[] work, int shareMillionths) {
    long baseTotal = sum(base);
    long[] odds = new long[base.length];
    long rest = ODDS;
    for (int i = 0; i < base.length; i++) {
      long share = Math.min(part(work[i], shareMillionths), WORK_ODDS_MILLIONTHS_MAX);
      odds[i] = Math.min(rest, Shares.scale(ODDS, share, Shares.WHOLE_MILLIONTHS));
      rest -= odds[i];
    }
    for (int i = 0; i < base.length; i++) {
      odds[i] = Math.max(1, odds[i] + Shares.scale(rest, base[i], baseTotal));
    }
    return odds;
  }

  private static long sum(long[] weights) {
    long sum = 0;
    for (long weight : weights) {
      sum = Math.addExact(sum, weight);
    }
    return sum;
  }

  /// Weights of the stakers, in their order.
  long[] stakerWeights() {
    return stakerWeights.clone();
  }

  Validator proposer(Hash beacon, Height height, Round round, ModeSetting setting) {
    boolean authorityHeight = isAuthorityHeight(beacon, height, setting);
    if (authorityHeight && isFallback(round)) {
      int turn = (round.number() - Round.FALLBACK_FIRST) / 2;
      return stakers.get(drawn(beacon, height, Draw.FALLBACK, turn));
    }
    if (authorityHeight) {
      return authorities.get(drawn(beacon, height, Draw.AUTHORITIES, ownTurn(round)));
    }
    return stakers.get(drawn(beacon, height, Draw.STAKERS, round.number()));
  }

  /// Rounds 0, 1, 2, 4, 6, ... counted from 0, or all rounds where none is a fallback round.
  private int ownTurn(Round round) {
    boolean alternates = fallback == Fallback.ON && !stakers.isEmpty();
    return alternates && round.number() > Round.FALLBACK_FIRST
        ? Round.FALLBACK_FIRST + (round.number() - Round.FALLBACK_FIRST - 1) / 2
        : round.number();
  }

  private boolean isFallback(Round round) {
    return round.isFallback() && fallback == Fallback.ON && !stakers.isEmpty();
  }

  private boolean isAuthorityHeight(Hash beacon, Height height, ModeSetting setting) {
    if (authorities.isEmpty() || stakers.isEmpty()) {
      return stakers.isEmpty();
    }
    long drawn = new Lottery(beacon, "class", height.number()).below(0, 1_000);
    return drawn < setting.authorityProposersPerMille();
  }

  /// Sequences of draws within a height.
  private enum Draw {
    /// Authorities, in their own rounds.
    AUTHORITIES,
    /// Stakers, in all rounds of their height.
    STAKERS,
    /// Stakers, in the fallback rounds of a height of the authorities.
    FALLBACK
  }

  /// The member that has turn `turn` of a sequence. Only the turns of its own cycle are drawn, so a
  /// far round costs no more than a near one.
  private int drawn(Hash beacon, Height height, Draw draw, int turn) {
    int members = draw == Draw.AUTHORITIES ? authorities.size() : stakers.size();
    boolean[] gone = new boolean[members];
    int first = turn - turn % members;
    int last = 0;
    for (int t = first; t <= turn; t++) {
      last = drawnNext(beacon, height, draw, t, gone);
      gone[last] = true;
    }
    return last;
  }

  private int drawnNext(Hash beacon, Height height, Draw draw, int turn, boolean[] gone) {
    boolean byStake =
        draw == Draw.FALLBACK || (draw == Draw.STAKERS && isFallback(new Round(turn)));
    if (inTurns && !byStake) {
      int next = (int) (height.number() % gone.length);
      while (gone[next]) {
        next = (next + 1) % gone.length;
      }
      return next;
    }
    long[] weights =
        (byStake ? stakes : draw == Draw.AUTHORITIES ? authorityWeights : stakerWeights).clone();
    long total = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = gone[i] ? 0 : weights[i];
      total += weights[i];
    }
    return new Lottery(beacon, "proposer-" + draw.name(), height.number())
        .pick(turn, weights, total);
  }
}
