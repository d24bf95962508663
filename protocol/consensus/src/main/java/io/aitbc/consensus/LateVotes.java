// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// COMMIT votes for the last final blocks that came after their certificates. The next proposers
/// carry them, so that a slow link or a censor is not an absence. Only a proposer checks them.
/// Protocol §3.2, §5.5.
final class LateVotes {
  /// A final block that is still voted for.
  private static final class Block {
    private final HeightRules rules;
    private final CommitCertificate certificate;
    private final LinkedHashMap<Ballot.Commit, SignatureCollector> votes = new LinkedHashMap<>();
    private Optional<Vote> own = Optional.empty();

    private Block(HeightRules rules, CommitCertificate certificate) {
      this.rules = rules;
      this.certificate = certificate;
    }
  }

  /// Whom the chain has credited when a height is to be decided.
  ///
  /// @param next the height
  /// @param credited the blocks two to five below it, and their credited signers
  record Credits(Height next, Map<Height, Signers> credited) {
    static Credits of(HeightView view) {
      return new Credits(view.rules().height(), view.credited());
    }

    /// Who is credited for a block, its parent's certificate as this node knows it included; empty
    /// if nobody is credited for the block any more.
    private Optional<Set<Address>> of(Block block) {
      Height height = block.rules.height();
      Optional<Signers> signers =
          height.next().equals(next)
              ? Optional.of(block.certificate.aggregate().signers())
              : Optional.ofNullable(credited.get(height));
      return signers.map(each ->
          block.rules.set().members(each).stream()
              .map(Validator::account)
              .collect(Collectors.toUnmodifiableSet()));
    }
  }

  private final Hash genesisHash;
  private final Surroundings around;
  private final TreeMap<Height, Block> blocks = new TreeMap<>();
  private Optional<Credits> proposing = Optional.empty();

  LateVotes(Hash genesisHash, Surroundings around) {
    this.genesisHash = genesisHash;
    this.around = around;
  }

  /// A block became final. What was voted for it so far goes on to be collected here.
  void add(
      HeightRules rules, CommitCertificate certificate, Map<Ballot, SignatureCollector> votes) {
    Block block = new Block(rules, certificate);
    votes.forEach((ballot, collector) -> {
      if (ballot instanceof Ballot.Commit commit
          && commit.proposalId().equals(certificate.proposalId())
          && commit.blockHash().equals(certificate.blockHash())) {
        block.votes.put(commit, collector);
        block.own = block.own.or(() -> ownVote(commit, rules, collector));
      }
    });
    proposing = Optional.empty();
    blocks.put(rules.height(), block);
    long oldest = rules.height().number() - CarriedCommits.BLOCKS_MAX;
    blocks.headMap(new Height(Math.max(0, oldest)), true).clear();
  }

  private Optional<Vote> ownVote(
      Ballot.Commit ballot, HeightRules rules, SignatureCollector votes) {
    return rules.set().validators().stream()
        .map(Validator::account)
        .filter(around.identity()::is)
        .findFirst()
        .flatMap(account ->
            Optional.ofNullable(votes.verified().get(account))
                .map(signature -> new Vote(ballot, account, signature)));
  }

  /// A vote for a height that is decided.
  void offer(Peer from, Vote vote) {
    Block block = blocks.get(vote.height());
    if (block == null || !(vote.ballot() instanceof Ballot.Commit ballot)) {
      return;
    }
    Optional<Validator> voter = block.rules.set().find(vote.voter());
    boolean decided = block.votes.containsKey(ballot) || ballot.equals(block.certificate.ballot());
    if (voter.isPresent() && decided) {
      SignatureCollector votes = collector(block, ballot);
      votes.offer(new SignatureCollector.Candidate(voter.get(), vote.signature(), from));
      proposing.ifPresent(credits -> check(credits, block, votes));
    }
  }

  /// Drops what a peer brought and nobody has checked.
  void forget(Peer peer) {
    blocks.values().stream()
        .flatMap(block -> block.votes.values().stream())
        .forEach(votes -> votes.forget(peer));
  }

  /// This node's own vote for a height that is decided.
  void signed(Ballot.Commit ballot, Validator self, BlsSignature signature) {
    Block block = blocks.get(ballot.height());
    if (block != null && ballot.blockHash().equals(block.certificate.blockHash())) {
      SignatureCollector votes = collector(block, ballot);
      if (!votes.verified().containsKey(self.account())) {
        votes.addVerified(self, signature);
      }
      block.own = Optional.of(new Vote(ballot, self.account(), signature));
    }
  }

  private SignatureCollector collector(Block block, Ballot.Commit ballot) {
    return block.votes.computeIfAbsent(
        ballot, b -> new SignatureCollector(b.height(), b.message(genesisHash), around));
  }

  /// Starts the checks of what brings somebody whom the chain has not credited: this node is about
  /// to propose.
  void check(Credits credits) {
    proposing = Optional.of(credits);
    for (Block block : blocks.values()) {
      block.votes.values().forEach(votes -> check(credits, block, votes));
    }
  }

  private static void check(Credits credits, Block block, SignatureCollector votes) {
    if (credits.of(block).stream().anyMatch(each -> !each.containsAll(votes.pendingSigners()))) {
      votes.check();
    }
  }

  /// The certificate of the last block with every signer checked by now.
  CommitCertificate fullest(CommitCertificate known) {
    Block block = blocks.get(known.height());
    if (block == null || !block.votes.containsKey(known.ballot())) {
      return known;
    }
    SignatureCollector votes = collector(block, known.ballot());
    return votes
        .aggregate(block.rules.set())
        .filter(all -> count(all) > count(known.aggregate()))
        .filter(_ -> block.rules.isQuorum(known.round(), votes.verifiedWeight()))
        .map(all -> new CommitCertificate(known.ballot(), all))
        .orElse(known);
  }

  private static int count(AggregateSignature aggregate) {
    return aggregate.signers().authorities().count() + aggregate.signers().stakers().count();
  }

  /// What a content may carry beside its parent's certificate, newest first: votes for ballots that
  /// the chain carries, where they bring somebody who was not credited yet.
  List<CarriedCommits> carried(HeightView view) {
    List<CarriedCommits> carried = new ArrayList<>();
    view.credited()
        .forEach((height, credited) ->
            view.recent(height)
                .flatMap(recent -> votes(height, recent.ballot()))
                .filter(commits -> bringsMore(commits.aggregate().signers(), credited))
                .ifPresent(carried::addFirst));
    return carried;
  }

  private Optional<CarriedCommits> votes(Height height, Ballot.Commit ballot) {
    return Optional.ofNullable(blocks.get(height))
        .filter(block -> block.votes.containsKey(ballot))
        .flatMap(block -> collector(block, ballot).aggregate(block.rules.set()))
        .map(aggregate -> new CarriedCommits(ballot, aggregate));
  }

  static boolean bringsMore(Signers signers, Signers credited) {
    return bringsMore(signers.authorities(), credited.authorities())
        || bringsMore(signers.stakers(), credited.stakers());
  }

  private static boolean bringsMore(SignerBitmap signers, SignerBitmap credited) {
    for (int index : signers.indices()) {
      if (!credited.contains(index)) {
        return true;
      }
    }
    return false;
  }

  /// This node's own votes that nobody has carried yet: they go to the next proposer.
  List<Vote> uncredited(HeightView view, Address self) {
    List<Vote> votes = new ArrayList<>();
    Credits credits = Credits.of(view);
    for (Block block : blocks.values()) {
      if (credits.of(block).filter(credited -> !credited.contains(self)).isPresent()) {
        block.own.ifPresent(votes::add);
      }
    }
    return votes;
  }
}
