// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.Evidence;
import io.aitbc.model.Phase;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeSet;

/// Finds votes of one validator in two rounds that show a forgotten lock: a COMMIT for one
/// proposal, and in a later round a PREPARE for another that no later certificate justifies.
/// Protocol §8.1.
final class LockWatch {
  private final EvidenceSearch search;
  private final NavigableMap<Round, RoundTally> tallies;
  private final TreeSet<Address> noticed = new TreeSet<>();

  LockWatch(Hash genesisHash, Surroundings around, NavigableMap<Round, RoundTally> tallies) {
    search = new EvidenceSearch(genesisHash, around);
    this.tallies = tallies;
  }

  /// Compares a vote with what its voter said in other rounds: a PREPARE with the COMMITs of
  /// earlier ones, a COMMIT with the PREPAREs of later ones.
  void compare(Vote vote, Validator voter) {
    if (noticed.contains(voter.account())) {
      return;
    }
    Map<Round, RoundTally> others =
        switch (vote.ballot()) {
          case Ballot.Prepare prepare -> tallies.headMap(prepare.round(), false);
          case Ballot.Commit commit -> tallies.tailMap(commit.round(), false);
        };
    for (RoundTally tally : others.values()) {
      Optional<Evidence> found =
          switch (vote.ballot()) {
            case Ballot.Prepare prepare ->
                tally.votesOf(voter, Phase.COMMIT).stream()
                    .filter(commit ->
                        commit.ballot() instanceof Ballot.Commit ballot
                            && LockRule.isForgotten(ballot, prepare))
                    .findFirst()
                    .map(commit -> new Evidence.ForgottenLock(commit, vote));
            case Ballot.Commit commit ->
                tally.votesOf(voter, Phase.PREPARE).stream()
                    .filter(prepare ->
                        prepare.ballot() instanceof Ballot.Prepare ballot
                            && LockRule.isForgotten(commit, ballot))
                    .findFirst()
                    .map(prepare -> new Evidence.ForgottenLock(vote, prepare));
          };
      if (found.isPresent()) {
        noticed.add(voter.account());
        search.check(found.get(), voter);
        return;
      }
    }
  }
}
