// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.consensus.Consensus;
import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedChain;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Effect;
import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Input;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.Start;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.Candidate;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Height;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.Vote;
import io.aitbc.model.VotingPower;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A vote at the round machine, without its signature check: the PREPAREs of a set as large as
/// votes travel directly in, one after the other, the certificate they make included. Checks are
/// answered at once, and the proposal has come before.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VoteBenchmark {
  /// The most voters whose votes go to everybody.
  private static final int VOTERS = 64;

  private static final long STAKE = 10_000_000_000L;

  private final BlsScheme scheme = new BlsScheme();
  private final BlsSignature signature = new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES]));
  private final List<Input> votes = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // Set before the first run.
  private DerivedChain chain;

  @SuppressWarnings("NullAway.Init") // Set before the first run.
  private Input proposal;

  @SuppressWarnings("NullAway.Init") // Set before each run.
  private Consensus consensus;

  private static Address account(int index) {
    byte[] bytes = new byte[Address.BYTES];
    bytes[0] = (byte) (index + 1);
    return new Address(Bytes.wrap(bytes));
  }

  /// Makes the set and its votes.
  @Setup
  public void vote() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < VOTERS; i++) {
      byte[] key = new byte[BlsPublicKey.BYTES];
      key[0] = (byte) (i + 1);
      candidates.add(
          new Candidate(
              account(i),
              new BlsPublicKey(Bytes.wrap(key)),
              ValidatorClass.STAKER,
              new VotingPower(STAKE),
              Candidate.Standing.ACTIVE,
              0,
              OptionalLong.empty()));
    }
    EpochSnapshot snapshot = new EpochSnapshot(candidates, ConsensusParameters.DEFAULT, 0);
    chain =
        new DerivedChain(
            DerivedState.genesis(new ConsensusGenesis(Hash.ZERO, 1, snapshot)), scheme);
    Address maker = chain.proposer(Round.ZERO).account();
    ProposalContent content =
        new ProposalContent(
            Hash.ZERO,
            List.of(),
            2,
            Round.ZERO,
            maker,
            signature,
            Optional.empty(),
            CarriedSignatures.NONE);
    proposal =
        new Input.Received(
            new Peer(Bytes.EMPTY),
            new Proposal(
                new ProposalEnvelope(
                    new Height(1), Round.ZERO, content.id(), Optional.empty(), maker, signature),
                content,
                Optional.empty()));
    Ballot ballot =
        new Ballot.Prepare(
            new Height(1), Round.ZERO, chain.rules().mode(), content.id(), Optional.empty());
    for (int i = 1; i < VOTERS; i++) {
      votes.add(
          new Input.Received(
              new Peer(Bytes.wrap(new byte[] {(byte) i})),
              new Vote(ballot, account(i), signature)));
    }
  }

  /// A node at height 1 that has the proposal.
  @Setup(Level.Invocation)
  public void begin() {
    CpuProfiler.leaveOut(this::receiveProposal);
  }

  private void receiveProposal() {
    consensus =
        Consensus.recover(
            new Start(
                new Identity.Validating(account(0)),
                scheme,
                chain,
                Optional.empty(),
                SigningRecord.fresh(Hash.ZERO),
                List.of(),
                Instant.ofEpochMilli(2)));
    if (consensus.start().isEmpty() || answerChecks(proposal) == 0) {
      throw new IllegalStateException("nothing begins");
    }
  }

  /// All votes; one operation is one vote.
  @Benchmark
  @OperationsPerInvocation(VOTERS - 1)
  public int handle() {
    int checks = 0;
    for (Input vote : votes) {
      checks += answerChecks(vote);
    }
    if (checks == 0) {
      throw new IllegalStateException("no quorum was checked");
    }
    return checks;
  }

  private int answerChecks(Input input) {
    int checks = 0;
    ArrayDeque<Effect> open = new ArrayDeque<>(consensus.on(input));
    while (!open.isEmpty()) {
      if (open.removeFirst() instanceof Effect.Verify check) {
        open.addAll(consensus.on(new Input.Verified(check.id(), Optional.of(signature))));
        checks++;
      }
    }
    return checks;
  }
}
