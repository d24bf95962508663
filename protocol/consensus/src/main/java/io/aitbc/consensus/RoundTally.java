// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.Evidence;
import io.aitbc.model.Phase;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import io.aitbc.model.Weight;
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
  private final SignatureScheme scheme;
  private final Outbox outbox;
  private final Predicate<Weight> isQuorum;
  private final LinkedHashMap<Ballot, SignatureCollector> ballots = new LinkedHashMap<>();
  private final LinkedHashMap<Source, Integer> brought = new LinkedHashMap<>();
  private final TreeMap<Address, TreeSet<Peer>> voters = new TreeMap<>();

  RoundTally(Hash genesisHash, SignatureScheme scheme, Outbox outbox, Predicate<Weight> isQuorum) {
    this.genesisHash = genesisHash;
    this.scheme = scheme;
    this.outbox = outbox;
    this.isQuorum = isQuorum;
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
        ballot, b -> new SignatureCollector(b.height(), b.message(genesisHash), scheme, outbox));
  }

  /// Looks for another vote of the same voter and phase. If there is one, both are checked alone,
  /// and if both hold they are evidence. Protocol §8.1.
  private void compare(Vote vote, Validator voter) {
    for (Map.Entry<Ballot, SignatureCollector> entry : ballots.entrySet()) {
      Ballot other = entry.getKey();
      if (other.phase() == vote.phase() && !other.equals(vote.ballot())) {
        Optional.ofNullable(entry.getValue().verified().get(voter.account()))
            .or(() ->
                entry.getValue().pendingOf(voter.account()).stream()
                    .findFirst()
                    .map(SignatureCollector.Candidate::signature))
            .map(signature -> new Vote(other, voter.account(), signature))
            .ifPresent(before -> checkBoth(before, vote, voter));
      }
    }
  }

  private void checkBoth(Vote first, Vote second, Validator voter) {
    outbox.verify(
        first.ballot().message(genesisHash),
        List.of(voter.key()),
        List.of(first.signature()),
        answer -> {
          if (answer.isPresent()) {
            checkSecond(first, second, voter);
          }
        });
  }

  private void checkSecond(Vote first, Vote second, Validator voter) {
    outbox.verify(
        second.ballot().message(genesisHash),
        List.of(voter.key()),
        List.of(second.signature()),
        answer -> {
          if (answer.isPresent()) {
            outbox.add(new Effect.ReportEvidence(new Evidence.Equivocation(first, second)));
          }
        });
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
    return ballots.entrySet().stream()
        .filter(entry -> entry.getKey().phase() == phase)
        .filter(entry -> isQuorum.test(entry.getValue().verifiedWeight()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// The signatures for a ballot, if any were seen.
  Optional<SignatureCollector> signatures(Ballot ballot) {
    return Optional.ofNullable(ballots.get(ballot));
  }

  /// Peers that brought a vote for the proposal.
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
