// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Vote;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One real node at height 1; every other validator is played by the test, message by message.
final class Script {
  final Cluster cluster;
  final Cluster.Node node;
  private final FixedChain chain;

  private Script(FixedChain chain) {
    this.chain = chain;
    cluster = new Cluster(chain.set(), chain.mode(), chain);
    node = cluster.node(0);
    node.start();
  }

  /// A node that is not the proposer of rounds 0 to 2.
  static Script of(ValidatorSet set, Mode mode) {
    return new Script(FixedChain.genesis(set, mode));
  }

  /// The same in a network with other parameters.
  static Script of(ConsensusParameters parameters, ValidatorSet set, Mode mode) {
    return new Script(FixedChain.genesis(parameters, set, mode));
  }

  static Script fast() {
    return of(Cluster.set(4, 0), Mode.FAST);
  }

  Hash genesis() {
    return FixedChain.GENESIS;
  }

  int proposer(int round) {
    return cluster.nodeOf(chain.proposer(new Round(round)).account()).index;
  }

  private Validator validator(int index) {
    return cluster.set.find(Cluster.account(index)).orElseThrow();
  }

  /// A fresh content of the proposer of `round`, as old as the clock of the node says.
  ProposalContent content(int round, Bytes... transactions) {
    return contentAt(round, Cluster.BEGIN.toEpochMilli() + cluster.nowMillis, transactions);
  }

  ProposalContent contentAt(int round, long timestampMillis, Bytes... transactions) {
    Validator maker = validator(proposer(round));
    return new ProposalContent(
        genesis(),
        Arrays.stream(transactions).map(Keccak256::hash).toList(),
        timestampMillis,
        new Round(round),
        maker.account(),
        KeyedHashes.sign(
            maker.key(), ProposalContent.vrfMessage(genesis(), chain.beacon(), new Height(1))),
        Optional.empty(),
        CarriedSignatures.NONE);
  }

  Proposal proposal(int round, ProposalContent content) {
    return proposal(round, content, Optional.empty(), proposer(round));
  }

  Proposal again(int round, ProposalContent content, PrepareCertificate prepared) {
    return proposal(round, content, Optional.of(prepared), proposer(round));
  }

  Proposal proposal(
      int round, ProposalContent content, Optional<PrepareCertificate> prepared, int signer) {
    Optional<Round> v = prepared.map(PrepareCertificate::round);
    ValidatorMessage message =
        ProposalEnvelope.message(genesis(), new Height(1), new Round(round), content.id(), v);
    return new Proposal(
        new ProposalEnvelope(
            new Height(1),
            new Round(round),
            content.id(),
            v,
            validator(signer).account(),
            KeyedHashes.sign(validator(signer).key(), message)),
        content,
        prepared);
  }

  Ballot.Prepare prepare(int round, ProposalContent content) {
    return new Ballot.Prepare(
        new Height(1), new Round(round), cluster.mode, content.id(), Optional.empty());
  }

  Ballot.Prepare prepare(int round, ProposalContent content, int v) {
    return new Ballot.Prepare(
        new Height(1), new Round(round), cluster.mode, content.id(), Optional.of(new Round(v)));
  }

  Ballot.Commit commit(int round, ProposalContent content) {
    return new Ballot.Commit(
        new Height(1), new Round(round), cluster.mode, content.id(), Cluster.blockOf(content.id()));
  }

  Vote vote(int voter, Ballot ballot) {
    return new Vote(
        ballot,
        validator(voter).account(),
        KeyedHashes.sign(validator(voter).key(), ballot.message(genesis())));
  }

  RoundChange roundChange(int voter, int round) {
    return roundChange(voter, round, Optional.empty());
  }

  RoundChange roundChange(int voter, int round, Optional<PrepareCertificate> highest) {
    return new RoundChange(
        new Height(1),
        new Round(round),
        validator(voter).account(),
        KeyedHashes.sign(
            validator(voter).key(),
            RoundChange.message(genesis(), new Height(1), new Round(round))),
        highest);
  }

  PrepareCertificate certificate(Ballot.Prepare ballot, int... signers) {
    return new PrepareCertificate(ballot, aggregate(ballot, signers));
  }

  CommitCertificate certificate(Ballot.Commit ballot, int... signers) {
    return new CommitCertificate(ballot, aggregate(ballot, signers));
  }

  private AggregateSignature aggregate(Ballot ballot, int... signers) {
    return new AggregateSignature(
        cluster.set.signers(Arrays.stream(signers).mapToObj(Cluster::account).toList()),
        new KeyedHashes()
            .aggregate(Arrays.stream(signers).mapToObj(i -> vote(i, ballot).signature()).toList())
            .orElseThrow());
  }

  /// A message reaches the node, and all that follows at once happens.
  @CanIgnoreReturnValue
  Script give(int from, ConsensusMessage message) {
    cluster.inject(from, node.index, message);
    cluster.runFor(Duration.ofMillis(cluster.delayMillis + 30));
    return this;
  }

  /// The same vote of several validators.
  @CanIgnoreReturnValue
  Script give(Ballot ballot, int... voters) {
    for (int voter : voters) {
      cluster.inject(voter, node.index, vote(voter, ballot));
    }
    cluster.runFor(Duration.ofMillis(cluster.delayMillis + 30));
    return this;
  }

  /// The node is brought to `round` by the round changes of two others.
  @CanIgnoreReturnValue
  Script round(int round) {
    give(2, roundChange(2, round));
    return give(3, roundChange(3, round));
  }

  /// What the node has voted, in order.
  List<Ballot> votes() {
    return node.effects(Effect.Send.class).stream()
        .filter(send -> send.message() instanceof Vote)
        .map(send -> ((Vote) send.message()).ballot())
        .toList();
  }

  /// What the node has asked its signer to vote, in order, whether the signer agreed or not: the
  /// rules are held twice, and this shows the node's own.
  List<Ballot> asked() {
    return node.effects(Effect.Sign.class).stream()
        .filter(sign -> sign.request() instanceof SigningRequest.Vote)
        .map(sign -> ((SigningRequest.Vote) sign.request()).ballot())
        .toList();
  }

  /// What the node has proposed, in order.
  List<Proposal> proposals() {
    return node.effects(Effect.Send.class).stream()
        .filter(send -> send.message() instanceof Proposal)
        .map(send -> (Proposal) send.message())
        .toList();
  }
}
