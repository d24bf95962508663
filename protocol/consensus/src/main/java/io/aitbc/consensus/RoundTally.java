// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.Evidence;
import io.aitbc.model.Phase;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import io.aitbc.model.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The votes of one round, by what they say. A ballot's signatures are checked when together they
/// would make a quorum, and not before: mostly one check makes a certificate. Protocol §5.2, §5.3.
final class RoundTally {
  /// Votes one peer may bring for one voter and phase: one, and one that contradicts it.
  private static final int VOTES_PER_PEER_MAX = 2;

  /// Who brought a vote of whom.
  private record Source(Address voter, Phase phase, Peer from) {}

  private final Hash genesisHash;
  private final Surroundings around;
  private final EvidenceSearch search;
  private final Predicate<Weight> isQuorum;
  private final LinkedHashMap<Ballot, SignatureCollector> ballots = new LinkedHashMap<>();
  private final LinkedHashMap<Source, Integer> brought = new LinkedHashMap<>();
  private final TreeMap<Address, TreeSet<Peer>> voters = new TreeMap<>();

  RoundTally(Hash genesisHash, Surroundings around, Predicate<Weight> isQuorum) {
    this.genesisHash = genesisHash;
    this.around = around;
    this.isQuorum = isQuorum;
    search = new EvidenceSearch(genesisHash, around);
  }

  /// Takes a vote of `voter` that nobody has checked.
  void offer(Vote vote, Validator voter, Peer from) {
    Source source = new Source(vote.voter(), vote.phase(), from);
    if (brought.merge(source, 1, Integer::sum) > VOTES_PER_PEER_MAX) {
      return;
    }
    voters.computeIfAbsent(vote.voter(), _ -> new TreeSet<>()).add(from);
    SignatureCollector collector = collector(vote.ballot());
    collector.offer(new SignatureCollector.Candidate(voter, vote.signature(), from));
    checkIfWorthwhile(collector);
    compare(vote, voter);
  }

  /// Counts this node's own vote.
  void addOwn(Vote vote, Validator self) {
    SignatureCollector collector = collector(vote.ballot());
    collector.addVerified(self, vote.signature());
    checkIfWorthwhile(collector);
  }

  /// Starts the checks that have become worthwhile.
  void check() {
    ballots.values().forEach(this::checkIfWorthwhile);
  }

  private void checkIfWorthwhile(SignatureCollector collector) {
    if (!isQuorum.test(collector.verifiedWeight()) && isQuorum.test(collector.heardWeight())) {
      collector.check();
    }
  }

  private SignatureCollector collector(Ballot ballot) {
    return ballots.computeIfAbsent(
        ballot,
        b ->
            new SignatureCollector(
                b.height(), b.message(genesisHash), around.scheme(), around.outbox()));
  }

  /// Looks for another vote of the same voter and phase: together they may be evidence. Protocol
  /// §8.1.
  private void compare(Vote vote, Validator voter) {
    ballots.forEach((ballot, collector) -> {
      if (ballot.phase() == vote.phase() && !ballot.equals(vote.ballot())) {
        collector
            .signatureOf(voter.account())
            .map(signature -> new Vote(ballot, voter.account(), signature))
            .ifPresent(before -> search.check(new Evidence.Equivocation(before, vote), voter));
      }
    });
  }

  /// What a voter is said to have voted in a phase, checked or not.
  List<Vote> votesOf(Validator voter, Phase phase) {
    List<Vote> votes = new ArrayList<>();
    ballots(phase)
        .forEach((ballot, collector) ->
            collector
                .signatureOf(voter.account())
                .map(signature -> new Vote(ballot, voter.account(), signature))
                .ifPresent(votes::add));
    return votes;
  }

  /// The ballots of a phase and their signatures, in order of appearance.
  Map<Ballot, SignatureCollector> ballots(Phase phase) {
    LinkedHashMap<Ballot, SignatureCollector> found = new LinkedHashMap<>();
    ballots.forEach((ballot, collector) -> {
      if (ballot.phase() == phase) {
        found.put(ballot, collector);
      }
    });
    return found;
  }

  /// The ballot of a phase that a quorum has signed, checked; at most one among honest quorums.
  Optional<Ballot> quorum(Phase phase) {
    for (Map.Entry<Ballot, SignatureCollector> entry : ballots.entrySet()) {
      if (entry.getKey().phase() == phase && isQuorum.test(entry.getValue().verifiedWeight())) {
        return Optional.of(entry.getKey());
      }
    }
    return Optional.empty();
  }

  /// The signatures for a ballot, if any were seen.
  Optional<SignatureCollector> signatures(Ballot ballot) {
    return Optional.ofNullable(ballots.get(ballot));
  }

  /// Peers that brought a vote for the proposal that was checked.
  SortedSet<Peer> provenHolders(Hash proposalId) {
    TreeSet<Peer> holders = new TreeSet<>();
    ballots.forEach((ballot, collector) -> {
      if (ballot.proposalId().equals(proposalId)) {
        holders.addAll(collector.bringers());
      }
    });
    return holders;
  }

  /// Peers that brought a vote for the proposal, checked or not.
  List<Peer> holders(Hash proposalId) {
    TreeSet<Peer> holders = new TreeSet<>();
    ballots.forEach((ballot, collector) -> {
      if (ballot.proposalId().equals(proposalId)) {
        voters.forEach((voter, peers) -> {
          if (collector.hasHeard(voter)) {
            holders.addAll(peers);
          }
        });
      }
    });
    return List.copyOf(holders);
  }

  /// Who was heard of in a phase, whatever was said.
  SortedSet<Address> heard(Phase phase) {
    TreeSet<Address> heard = new TreeSet<>();
    ballots(phase)
        .values()
        .forEach(collector -> {
          heard.addAll(collector.verified().keySet());
          voters.keySet().stream().filter(collector::hasHeard).forEach(heard::add);
        });
    return heard;
  }
}
