// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Mode;
import io.aitbc.model.Oversight;
import io.aitbc.model.QuorumRule;
import io.aitbc.model.Quorums;
import io.aitbc.model.Round;
import io.aitbc.model.VotingPower;
import io.aitbc.model.Weight;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Votes, locks and certificates of one height as a complete search: two values, a row of rounds,
/// liars that vote for everything in every round, and honest validators that may or may not vote
/// wherever {@link Quorums} and {@link LockRule} let them. Protocol §4, §5.5.
///
/// Votes never go back to a lower round, so a round is two layers: all its PREPAREs, then all its
/// COMMITs. Validators of one class with one lock are alike, so they are counted, not named. The
/// model allows more than the protocol does: it does not ask that the PREPAREs of a certificate
/// name one v, nor that anybody proposed the value again, nor that a validator voted PREPARE before
/// it votes COMMIT. What is safe here is safe there.
final class LockModel {
  /// Stake of one staker, in units.
  static final long STAKE = 100;

  private static final Hash[] VALUES = {
    Hash.ZERO, Keccak256.hash(new byte[] {1}), Keccak256.hash(new byte[] {2})
  };
  private static final int NOTHING = 0;
  private static final int NEVER = -1;

  /// A rule of the protocol that a control takes away.
  enum Without {
    NOTHING,
    /// Any validator may prepare whatever it likes.
    LOCKS,
    /// A validator may still cast its COMMIT of the first round after later ones.
    VOTES_NEVER_GO_BACK,
    /// RECOVERY asks for one authority less than t.
    RECOVERY_OF_T
  }

  /// What is searched.
  ///
  /// @param quorums the set; stakers have {@link #STAKE} units each
  /// @param mode mode of the height
  /// @param from its first round, whose locks are all open
  /// @param rounds how many rounds
  /// @param authoritiesLying liars among the authorities
  /// @param stakersLying liars among the stakers
  record Question(
      Quorums quorums,
      Mode mode,
      int from,
      int rounds,
      int authoritiesLying,
      int stakersLying,
      Without without) {}

  /// What was found.
  ///
  /// @param fork whether two values can both be decided
  /// @param states how many states were seen until then
  record Answer(boolean fork, int states) {}

  /// Honest validators of one class that are alike.
  ///
  /// @param value what they are locked on, 1 or 2; 0 if on nothing
  /// @param round the lock's round
  /// @param first what they committed to in the first round; kept only where it matters
  /// @param count how many there are
  private record Alike(int value, int round, int first, int count) {}

  /// @param prepared1 highest round with a prepare certificate for value 1, or {@link #NEVER}
  /// @param first1 whether the first round had a prepare certificate for value 1
  private record State(
      List<Alike> authorities,
      List<Alike> stakers,
      int prepared1,
      int prepared2,
      boolean first1,
      boolean first2,
      boolean decided1,
      boolean decided2) {}

  /// How honest validators of one class may cast COMMITs, and how many each value gets.
  private record Votes(List<Alike> after, int one, int two) {}

  private final Question question;

  private LockModel(Question question) {
    this.question = question;
  }

  static Answer search(Question question) {
    return new LockModel(question).search();
  }

  private Answer search() {
    int stakers = (int) (question.quorums.totalStake().units() / STAKE);
    Set<State> states = new LinkedHashSet<>();
    states.add(
        new State(
            alike(question.quorums.authorities() - question.authoritiesLying),
            alike(stakers - question.stakersLying),
            NEVER,
            NEVER,
            false,
            false,
            false,
            false));
    int seen = 1;
    for (int i = 0; i < question.rounds; i++) {
      Set<State> next = new LinkedHashSet<>();
      for (State state : states) {
        for (State after : round(state, question.from + i)) {
          if (forks(after)) {
            return new Answer(true, seen + next.size());
          }
          next.add(after);
        }
      }
      seen += next.size();
      states = next;
    }
    return new Answer(false, seen);
  }

  private static List<Alike> alike(int count) {
    return count == 0 ? List.of() : List.of(new Alike(NOTHING, 0, NOTHING, count));
  }

  private Set<State> round(State state, int round) {
    Set<State> after = new LinkedHashSet<>();
    after.add(state);
    for (boolean[] certified : new boolean[][] {{true, false}, {false, true}, {true, true}}) {
      if (!canPrepare(state, round, certified[0], certified[1])) {
        continue;
      }
      for (Votes authorities : commits(state.authorities, round, certified[0], certified[1])) {
        for (Votes stakers : commits(state.stakers, round, certified[0], certified[1])) {
          boolean first = round == question.from;
          after.add(
              canonical(
                  new State(
                      authorities.after,
                      stakers.after,
                      certified[0] ? round : state.prepared1,
                      certified[1] ? round : state.prepared2,
                      first ? certified[0] : state.first1,
                      first ? certified[1] : state.first2,
                      state.decided1
                          || (certified[0] && isQuorum(round, authorities.one, stakers.one)),
                      state.decided2
                          || (certified[1] && isQuorum(round, authorities.two, stakers.two)))));
        }
      }
    }
    return after;
  }

  /// Whether the PREPAREs of `round` can make certificates for the values asked for, each honest
  /// validator voting once.
  private boolean canPrepare(State state, int round, boolean one, boolean two) {
    int[] authorities = free(state.authorities, state);
    int[] stakers = free(state.stakers, state);
    for (int a = 0; a <= authorities[2]; a++) {
      for (int s = 0; s <= stakers[2]; s++) {
        boolean first = isQuorum(round, authorities[0] + a, stakers[0] + s);
        boolean second =
            isQuorum(round, authorities[1] + authorities[2] - a, stakers[1] + stakers[2] - s);
        if ((first || !one) && (second || !two)) {
          return true;
        }
      }
    }
    return false;
  }

  /// How many may prepare value 1 only, value 2 only, either.
  private int[] free(List<Alike> validators, State state) {
    int[] free = new int[3];
    for (Alike group : validators) {
      boolean one = mayPrepare(group, 1, state.prepared1);
      boolean two = mayPrepare(group, 2, state.prepared2);
      if (one || two) {
        free[one && two ? 2 : one ? 0 : 1] += group.count;
      }
    }
    return free;
  }

  /// By the rule of the protocol, justified by the highest certificate there is for the value.
  private boolean mayPrepare(Alike group, int value, int prepared) {
    return group.value == NOTHING
        || question.without == Without.LOCKS
        || LockRule.allows(
            new Round(group.round),
            VALUES[group.value],
            VALUES[value],
            prepared == NEVER ? Optional.empty() : Optional.of(new Round(prepared)));
  }

  /// Every way in which the honest of one class can COMMIT to what was certified.
  private List<Votes> commits(List<Alike> validators, int round, boolean one, boolean two) {
    Set<Votes> ways = new LinkedHashSet<>();
    ways.add(new Votes(List.of(), 0, 0));
    for (Alike group : validators) {
      Set<Votes> more = new LinkedHashSet<>();
      for (Votes way : ways) {
        for (int x = 0; x <= (one ? group.count : 0); x++) {
          for (int y = 0; y <= (two ? group.count - x : 0); y++) {
            List<Alike> after = new ArrayList<>(way.after);
            add(after, group.value, group.round, group.first, group.count - x - y);
            add(after, 1, round, firstVote(group, round, 1), x);
            add(after, 2, round, firstVote(group, round, 2), y);
            more.add(new Votes(merged(after), way.one + x, way.two + y));
          }
        }
      }
      ways = more;
    }
    return List.copyOf(ways);
  }

  private int firstVote(Alike group, int round, int value) {
    boolean kept = question.without == Without.VOTES_NEVER_GO_BACK;
    return kept && round == question.from ? value : group.first;
  }

  private static void add(List<Alike> groups, int value, int round, int first, int count) {
    if (count > 0) {
      groups.add(new Alike(value, round, first, count));
    }
  }

  private static List<Alike> merged(List<Alike> groups) {
    TreeMap<Integer, Alike> merged = new TreeMap<>();
    for (Alike group : groups) {
      int key = (group.round * 3 + group.value) * 3 + group.first;
      merged.merge(
          key,
          group,
          (a, b) -> new Alike(a.value, a.round, a.first, Math.addExact(a.count, b.count)));
    }
    return List.copyOf(merged.values());
  }

  /// The two values are alike: of a state and its mirror image one is kept.
  private static State canonical(State state) {
    State mirror =
        new State(
            mirrored(state.authorities),
            mirrored(state.stakers),
            state.prepared2,
            state.prepared1,
            state.first2,
            state.first1,
            state.decided2,
            state.decided1);
    return state.toString().compareTo(mirror.toString()) <= 0 ? state : mirror;
  }

  private static List<Alike> mirrored(List<Alike> groups) {
    return merged(
        groups.stream()
            .map(g -> new Alike(other(g.value), g.round, other(g.first), g.count))
            .toList());
  }

  private static int other(int value) {
    return value == NOTHING ? NOTHING : 3 - value;
  }

  private boolean forks(State state) {
    if (state.decided1 && state.decided2) {
      return true;
    }
    return question.without == Without.VOTES_NEVER_GO_BACK
        && ((state.decided1 && isDecidedLate(state, 2, state.first2))
            || (state.decided2 && isDecidedLate(state, 1, state.first1)));
  }

  /// Whether those who did not COMMIT in the first round could still decide `value` there.
  private boolean isDecidedLate(State state, int value, boolean certified) {
    return certified
        && isQuorum(question.from, late(state.authorities, value), late(state.stakers, value));
  }

  private static int late(List<Alike> validators, int value) {
    return validators.stream()
        .filter(group -> group.first == value || group.first == NOTHING)
        .mapToInt(Alike::count)
        .sum();
  }

  /// Whether so many honest ones and all liars decide `round`.
  private boolean isQuorum(int round, int authorities, int stakers) {
    QuorumRule rule = question.quorums.rule(question.mode, new Round(round));
    boolean shortened = question.without == Without.RECOVERY_OF_T && rule == QuorumRule.RECOVERY;
    Weight weight =
        new Weight(
            authorities + question.authoritiesLying + (shortened ? 1 : 0),
            new VotingPower(STAKE * (stakers + question.stakersLying)));
    return question.quorums.isQuorum(rule, new Round(round), Oversight.REQUIRED, weight);
  }

  /// Of one block at height h two certificates exist, one by FAST, one by RECOVERY. Everybody holds
  /// one of them and votes at h + 1 in the mode that it thinks that height has. Whether two blocks
  /// can be decided there without a single liar. Protocol §3.1.
  ///
  /// @param chainState whether the mode follows from the certificate that the chain carries, one
  ///   for all, or from the one that each validator holds
  static Answer nextMode(Quorums quorums, boolean chainState) {
    int stakers = (int) (quorums.totalStake().units() / STAKE);
    ArrayDeque<int[]> open = new ArrayDeque<>();
    for (Mode carried : List.of(Mode.FAST, Mode.SECURE)) {
      // Votes by class, mode and value; the last two numbers are how many have not voted yet.
      int[] nobody = new int[10];
      nobody[8] = quorums.authorities();
      nobody[9] = stakers;
      open.add(nobody);
      int before = 0;
      while (!open.isEmpty()) {
        int[] votes = open.removeLast();
        before++;
        if (decides(quorums, votes, 0) && decides(quorums, votes, 1)) {
          return new Answer(true, before);
        }
        for (int next = 0; next < 8; next++) {
          boolean fast = (next & 2) == 0;
          boolean mayHold = !chainState || fast == (carried == Mode.FAST);
          // Votes are cast in one order, so each distribution is seen once.
          if (mayHold && votes[8 + next / 4] > 0 && isLast(votes, next)) {
            int[] after = votes.clone();
            after[next]++;
            after[8 + next / 4]--;
            open.addLast(after);
          }
        }
      }
    }
    return new Answer(false, 0);
  }

  private static boolean isLast(int[] votes, int next) {
    for (int later = next + 1; later < 8; later++) {
      if (votes[later] > 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean decides(Quorums quorums, int[] votes, int value) {
    Round waived = new Round(Round.FALLBACK_FIRST + 1);
    for (Mode mode : List.of(Mode.FAST, Mode.SECURE)) {
      int at = (mode == Mode.FAST ? 0 : 2) + value;
      Weight weight = new Weight(votes[at], new VotingPower(STAKE * votes[4 + at]));
      if (quorums.isQuorum(quorums.rule(mode, waived), waived, Oversight.REQUIRED, weight)) {
        return true;
      }
    }
    return false;
  }
}
