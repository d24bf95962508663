// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.Candidate;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposerStrategy;
import io.aitbc.model.RotationStrategy;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// A chain of final blocks for tests: who signs, what carries what and what the contracts report is
/// set between blocks; nothing is really signed.
final class TestChain {
  static final Hash GENESIS = TestValidators.GENESIS;
  static final long START_MILLIS = 1_700_000_000_000L;

  private final List<FinalizedBlock> blocks = new ArrayList<>();
  private final DerivedState genesis;
  private DerivedState state;
  private EpochSnapshot snapshot;
  private Predicate<Address> signing = _ -> true;
  private Predicate<Address> anchoring = _ -> true;
  private Round decidedIn = Round.ZERO;
  private long gasUsed = 10;
  private Amount valueMoved = Amount.ZERO;
  private long intervalMillis = 500;
  private List<Address> convicted = List.of();
  private List<CarriedCommits> carried = List.of();
  private Optional<List<CarriedAnchors>> carriedAnchors = Optional.empty();

  TestChain(EpochSnapshot snapshot) {
    this.snapshot = snapshot;
    genesis = DerivedState.genesis(new ConsensusGenesis(GENESIS, START_MILLIS, snapshot));
    state = genesis;
  }

  /// `authorities` authorities and then a staker for each stake, with these parameters.
  static TestChain of(ConsensusParameters parameters, int authorities, long... stakes) {
    return new TestChain(snapshot(parameters, authorities, stakes));
  }

  static EpochSnapshot snapshot(ConsensusParameters parameters, int authorities, long... stakes) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < authorities; i++) {
      candidates.add(candidate(i, ValidatorClass.AUTHORITY, 0));
    }
    for (int i = 0; i < stakes.length; i++) {
      candidates.add(candidate(authorities + i, ValidatorClass.STAKER, stakes[i]));
    }
    return new EpochSnapshot(candidates, parameters, 0);
  }

  static Candidate candidate(int index, ValidatorClass validatorClass, long stake) {
    return new Candidate(
        TestValidators.account(index),
        TestValidators.key(index),
        validatorClass,
        new VotingPower(stake),
        Candidate.Standing.ACTIVE,
        0,
        OptionalLong.empty());
  }

  /// Parameters without least stakes.
  static ConsensusParameters parameters(ModePolicy policy, Mode start) {
    return parameters(policy, start, List.of());
  }

  static ConsensusParameters parameters(ModePolicy policy, Mode start, List<Mode> forbidden) {
    return new ConsensusParameters(
        policy,
        start,
        forbidden,
        RotationStrategy.HYBRID,
        ProposerStrategy.VRF_HYBRID,
        Fallback.ON,
        VotingPower.ZERO,
        Amount.aitbc(1_000),
        2_000,
        3_000,
        mode(100, 21),
        mode(500, 100),
        mode(2_000, 1_000));
  }

  private static ModeParameters mode(int interval, int validatorsMax) {
    return new ModeParameters(interval, validatorsMax, VotingPower.ZERO, 1_000, 1 << 20);
  }

  DerivedState genesis() {
    return genesis;
  }

  DerivedState state() {
    return state;
  }

  List<FinalizedBlock> blocks() {
    return blocks;
  }

  @CanIgnoreReturnValue
  TestChain signedBy(Predicate<Address> who) {
    signing = who;
    return this;
  }

  /// All but the validators with these numbers sign and anchor.
  @CanIgnoreReturnValue
  TestChain without(int... absent) {
    Predicate<Address> there =
        account -> {
          for (int index : absent) {
            if (account.equals(TestValidators.account(index))) {
              return false;
            }
          }
          return true;
        };
    anchoring = there;
    return signedBy(there);
  }

  @CanIgnoreReturnValue
  TestChain anchoredBy(Predicate<Address> who) {
    anchoring = who;
    return this;
  }

  @CanIgnoreReturnValue
  TestChain decidedIn(int round) {
    decidedIn = new Round(round);
    return this;
  }

  /// Gas used of 1,000.
  @CanIgnoreReturnValue
  TestChain load(long used) {
    gasUsed = used;
    return this;
  }

  @CanIgnoreReturnValue
  TestChain moving(Amount value) {
    valueMoved = value;
    return this;
  }

  @CanIgnoreReturnValue
  TestChain every(long millis) {
    intervalMillis = millis;
    return this;
  }

  @CanIgnoreReturnValue
  TestChain convicting(List<Address> accounts) {
    convicted = accounts;
    return this;
  }

  /// The next block carries these late votes.
  @CanIgnoreReturnValue
  TestChain carrying(List<CarriedCommits> commits) {
    carried = commits;
    return this;
  }

  /// The next block carries these anchors, whoever else would anchor.
  @CanIgnoreReturnValue
  TestChain anchoring(List<CarriedAnchors> anchors) {
    carriedAnchors = Optional.of(anchors);
    return this;
  }

  @CanIgnoreReturnValue
  TestChain reporting(EpochSnapshot next) {
    snapshot = next;
    return this;
  }

  /// The certificate of the last block, as the next one will carry it.
  Optional<CommitCertificate> certificate() {
    return state
        .parentRules()
        .map(rules -> {
          List<Address> signers =
              rules.set().validators().stream()
                  .filter(
                      v -> rules.mode() != Mode.FAST || v.isAuthority() || decidedIn.isFallback())
                  .map(Validator::account)
                  .filter(signing)
                  .toList();
          return new CommitCertificate(
              ballot(rules, state.parentHash(), decidedIn), aggregate(rules, signers));
        });
  }

  static Ballot.Commit ballot(HeightRules rules, Hash blockHash, Round round) {
    return new Ballot.Commit(
        rules.height(), round, rules.mode(), Keccak256.hash(blockHash.toBytes()), blockHash);
  }

  static AggregateSignature aggregate(HeightRules rules, List<Address> signers) {
    return new AggregateSignature(
        rules.set().signers(signers), new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])));
  }

  private List<CarriedAnchors> anchors() {
    return state
        .openAnchors()
        .map(open -> {
          Height height = open.getKey();
          HeightRules rules = state.recent(height).map(HeightView.Recent::rules).orElse(null);
          if (rules == null) {
            return List.<CarriedAnchors>of();
          }
          List<Address> stakers =
              rules.set().stakers().stream().map(Validator::account).filter(anchoring).toList();
          Hash blockHash = state.recent(height).orElseThrow().ballot().blockHash();
          return List.of(new CarriedAnchors(height, blockHash, aggregate(rules, stakers)));
        })
        .orElse(List.of());
  }

  /// One more block, made in `round`.
  @CanIgnoreReturnValue
  TestChain block(int round) {
    Height height = state.nextHeight();
    Round made = new Round(round);
    boolean last = Epochs.isLast(height);
    FinalizedBlock block =
        new FinalizedBlock(
            height,
            Keccak256.hash(
                ("block " + height).getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
            state.parentTimestampMillis() + intervalMillis,
            state.proposer(made).account(),
            made,
            certificate(),
            new CarriedSignatures(carried, carriedAnchors.orElseGet(this::anchors)),
            Keccak256.hash(state.beacon().toBytes()),
            new BlockFacts(
                gasUsed,
                1_000,
                valueMoved,
                convicted,
                last ? Optional.of(snapshot) : Optional.empty()));
    blocks.add(block);
    state = state.after(block);
    carried = List.of();
    carriedAnchors = Optional.empty();
    convicted = List.of();
    return this;
  }

  /// `count` more blocks, made in round 0.
  @CanIgnoreReturnValue
  TestChain blocks(int count) {
    for (int i = 0; i < count; i++) {
      block(0);
    }
    return this;
  }

  /// Blocks up to and with `height`.
  @CanIgnoreReturnValue
  TestChain upTo(long height) {
    return blocks((int) (height - state.height().number()));
  }
}
