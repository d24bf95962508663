// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.consensus.EvidenceSearch.Said;
import io.aitbc.consensus.EvidenceSearch.Suspicion;
import io.aitbc.model.Ballot;
import io.aitbc.model.Evidence;
import io.aitbc.model.Phase;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Finds votes of one validator at a height that contradict each other: two of one round and phase;
/// or a COMMIT for one proposal, and in a later round a PREPARE for another that no later
/// certificate justifies. Protocol §8.1.
///
/// @param tallies of the rounds whose votes are kept
record VoteWatch(TreeMap<Round, RoundTally> tallies) implements EvidenceSearch.Contradictions {
  @Override
  public Optional<Suspicion> of(Validator validator, Predicate<Said> mayHold) {
    return equivocation(validator, mayHold).or(() -> forgottenLock(validator, mayHold));
  }

  private Optional<Suspicion> equivocation(Validator validator, Predicate<Said> mayHold) {
    for (RoundTally tally : tallies.values()) {
      for (Phase phase : Phase.values()) {
        List<Said> said = tally.said(validator, phase, mayHold);
        if (said.size() > 1) {
          Said first = said.get(0);
          Said second = said.get(1);
          return Optional.of(
              new Suspicion(
                  new Evidence.Equivocation(first.statement(), second.statement()), first, second));
        }
      }
    }
    return Optional.empty();
  }

  /// Called where no two votes of one round and phase are known, so few pairs are compared.
  private Optional<Suspicion> forgottenLock(Validator validator, Predicate<Said> mayHold) {
    List<Said> commits = new ArrayList<>();
    for (RoundTally tally : tallies.values()) {
      for (Said prepare : tally.said(validator, Phase.PREPARE, mayHold)) {
        for (Said commit : commits) {
          if (isForgotten(commit, prepare)) {
            return Optional.of(
                new Suspicion(
                    new Evidence.ForgottenLock(commit.statement(), prepare.statement()),
                    commit,
                    prepare));
          }
        }
      }
      commits.addAll(tally.said(validator, Phase.COMMIT, mayHold));
    }
    return Optional.empty();
  }

  private static boolean isForgotten(Said commit, Said prepare) {
    return commit.statement() instanceof Vote(Ballot.Commit locked, _, _)
        && prepare.statement() instanceof Vote(Ballot.Prepare given, _, _)
        && LockRule.isForgotten(locked, given);
  }
}
