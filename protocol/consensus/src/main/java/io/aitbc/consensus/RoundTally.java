// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.Phase;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import io.aitbc.model.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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

  private record Place(Address voter, Phase phase) {}

  private final Hash genesisHash;
  private final Surroundings around;
  private final Predicate<Weight> isQuorum;
  private final LinkedHashMap<Ballot, SignatureCollector> ballots = new LinkedHashMap<>();

  /// Those of the ballots that may decide: a quorum was heard for them, checked or not. The others
  /// are walked through for nothing, since whoever invents ballots makes as many as it has names.
  private final LinkedHashMap<Ballot, SignatureCollector> decisive = new LinkedHashMap<>();

  private final LinkedHashMap<Place, LinkedHashSet<Ballot>> said = new LinkedHashMap<>();
  private final LinkedHashMap<Source, Integer> brought = new LinkedHashMap<>();
  private final TreeMap<Address, TreeSet<Peer>> voters = new TreeMap<>();

  RoundTally(Hash genesisHash, Surroundings around, Predicate<Weight> isQuorum) {
    this.genesisHash = genesisHash;
    this.around = around;
    this.isQuorum = isQuorum;
  }

  /// Takes a vote of `voter` that nobody has checked.
  void offer(Vote vote, Validator voter, Peer from) {
    Source source = new Source(vote.voter(), vote.phase(), from);
    if (brought.merge(source, 1, Integer::sum) > VOTES_PER_PEER_MAX) {
      return;
    }
    voters.computeIfAbsent(vote.voter(), _ -> new TreeSet<>()).add(from);
    said.computeIfAbsent(new Place(vote.voter(), vote.phase()), _ -> new LinkedHashSet<>())
        .add(vote.ballot());
    SignatureCollector collector = collector(vote.ballot());
    collector.offer(new SignatureCollector.Candidate(voter, vote.signature(), from));
    checkIfWorthwhile(vote.ballot(), collector);
  }

  /// Counts this node's own vote.
  void addOwn(Vote vote, Validator self) {
    SignatureCollector collector = collector(vote.ballot());
    collector.addVerified(self, vote.signature());
    checkIfWorthwhile(vote.ballot(), collector);
  }

  /// Starts the checks that have become worthwhile.
  void check() {
    decisive.values().forEach(this::checkIfWorthwhile);
  }

  private void checkIfWorthwhile(Ballot ballot, SignatureCollector collector) {
    if (isQuorum.test(collector.heardWeight())) {
      decisive.put(ballot, collector);
      checkIfWorthwhile(collector);
    }
  }

  private void checkIfWorthwhile(SignatureCollector collector) {
    if (!isQuorum.test(collector.verifiedWeight()) && isQuorum.test(collector.heardWeight())) {
      collector.check();
    }
  }

  private SignatureCollector collector(Ballot ballot) {
    return ballots.computeIfAbsent(
        ballot, b -> new SignatureCollector(b.height(), b.message(genesisHash), around));
  }

  /// Drops what a peer brought and nobody has checked.
  void forget(Peer peer) {
    ballots.values().forEach(collector -> collector.forget(peer));
    voters.values().forEach(peers -> peers.remove(peer));
    boolean _ = brought.keySet().removeIf(source -> source.from().equals(peer));
    boolean _ = ballots.values().removeIf(SignatureCollector::isEmpty);
    boolean _ = decisive.keySet().retainAll(ballots.keySet());
    said.values().forEach(named -> named.retainAll(ballots.keySet()));
  }

  /// What a voter is said to have voted in a phase, checked or not: of each ballot the first vote
  /// that may hold.
  List<EvidenceSearch.Said> said(
      Validator voter, Phase phase, Predicate<EvidenceSearch.Said> mayHold) {
    LinkedHashSet<Ballot> named = said.get(new Place(voter.account(), phase));
    if (named == null) {
      return List.of();
    }
    List<EvidenceSearch.Said> votes = new ArrayList<>();
    for (Ballot ballot : named) {
      signatures(ballot).map(collector -> collector.of(voter)).orElse(List.of()).stream()
          .map(candidate ->
              new EvidenceSearch.Said(
                  new Vote(ballot, voter.account(), candidate.signature()), candidate.from()))
          .filter(mayHold)
          .findFirst()
          .ifPresent(votes::add);
    }
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
    for (Map.Entry<Ballot, SignatureCollector> entry : decisive.entrySet()) {
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
    decisive.forEach((ballot, collector) -> {
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
