// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.FinalizedBlock;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ExecutionResult;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Machines;
import io.aitbc.execution.SystemContracts;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Mode;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Round;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.model.Validator;
import io.aitbc.state.MemoryState;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// A chain of final blocks in one process and virtual time: what consensus derives (sets, modes,
/// credits, reports) and what execution makes of transactions with the economy's contracts, joined
/// as a node joins them. Who is there signs; the certificates say so, and their signatures are not
/// made. Rounds are not played: a proposer that is away costs a round. Evidence and proofs of
/// possession are real.
final class EconomyChain {
  static final UInt256 CHAIN_ID = UInt256.of(7);

  /// Milliseconds of a block; only 4,000 of them are active time.
  private static final long BLOCK_MILLIS = 25_000;

  private static final Amount FEE_CAP = Amount.wei(100_000_000_000L);
  private static final long GAS_LIMIT = 8_000_000;
  private static final int ROUNDS_MAX = 64;

  private record Past(HeightRules rules, Hash blockHash) {}

  private final GenesisState genesis;
  private final MemoryState state;
  private final BlockExecutor executor;
  private final Map<Address, Long> nonces = new TreeMap<>();
  private final Map<Height, Past> past = new TreeMap<>();
  private final List<RecoveredTransaction> waiting = new ArrayList<>();
  private final TreeSet<Address> away = new TreeSet<>();
  private BlockHeader parent;
  private Optional<ProposalContent> parentContent = Optional.empty();
  private DerivedState derived;
  private EpochSnapshot snapshot;
  private BigInteger supplyChange = BigInteger.ZERO;
  private Amount baseFees = Amount.ZERO;
  private List<Address> convicted = List.of();

  EconomyChain(Genesis start) {
    genesis = GenesisState.of(start, Workers.NONE);
    state = genesis.inMemory();
    parent = genesis.block().header();
    snapshot = start.snapshot();
    derived =
        DerivedState.genesis(
            new ConsensusGenesis(genesis.hash(), start.timestampMillis(), start.snapshot()));
    executor =
        new BlockExecutor(
            start.execution(),
            SystemContracts.of(start),
            new Machines(genesis.hash(), Secp256k1.chosen(), new BlsScheme()));
  }

  Hash genesisHash() {
    return genesis.hash();
  }

  DerivedState derived() {
    return derived;
  }

  /// What the contracts reported at the end of the last epoch.
  EpochSnapshot snapshot() {
    return snapshot;
  }

  /// Whom the last block convicted.
  List<Address> convicted() {
    return convicted;
  }

  Amount balance(Address account) {
    return state.account(account).balance();
  }

  UInt256 storage(EconomyContract contract, UInt256 slot) {
    return state.storage(contract.address(), slot);
  }

  /// How much money the last block made, or took out of the world, fees excepted.
  BigInteger minted() {
    return supplyChange.add(baseFees.wei().toBigInteger());
  }

  void goesAway(Address account) {
    away.add(account);
  }

  void comesBack(Address account) {
    away.remove(account);
  }

  /// Puts a call into the next block.
  void send(Address from, EconomyContract to, Amount value, CallData call) {
    send(from, Optional.of(to.address()), value, call.toBytes());
  }

  /// Puts a call, or a creation, into the next block.
  void send(Address from, Optional<Address> to, Amount value, Bytes data) {
    long nonce = nonces.merge(from, 1L, Long::sum) - 1;
    var unsigned =
        new DynamicFeeTransaction.Unsigned(
            CHAIN_ID, nonce, Amount.wei(1), FEE_CAP, GAS_LIMIT, to, value, data, List.of());
    waiting.add(
        new RecoveredTransaction(
            unsigned.signedWith(new TransactionSignature(UInt256.ONE, UInt256.ONE, 0)), from));
  }

  /// How many transactions an account sent.
  long nonce(Address account) {
    return nonces.getOrDefault(account, 0L);
  }

  /// Makes blocks up to the end of the epoch.
  void endEpoch() {
    long epoch = derived.currentPlan().epoch();
    while (derived.currentPlan().epoch() == epoch) {
      var _ = block();
    }
  }

  /// One more final block; its receipts.
  ///
  /// @throws AssertionError if a transaction was dropped
  List<Receipt> block() {
    Round round = Round.ZERO;
    while (away.contains(derived.proposer(round).account())) {
      round = new Round(round.number() + 1);
      if (round.number() > ROUNDS_MAX) {
        throw new AssertionError("nobody proposes at " + derived.nextHeight());
      }
    }
    Address maker = derived.proposer(round).account();
    ProposalContent content =
        new ProposalContent(
            parent.hash(),
            waiting.stream().map(each -> each.transaction().hash()).toList(),
            derived.parentTimestampMillis() + BLOCK_MILLIS,
            round,
            maker,
            proof(derived.nextHeight()),
            certificate(),
            new CarriedSignatures(List.of(), anchors()));
    BlockContext context = derived.context(content, Unsigned.SCHEME);
    ExecutionResult result =
        executor.execute(context, parent, List.copyOf(waiting), state, Workers.NONE);
    if (!result.dropped().isEmpty()) {
      throw new AssertionError("dropped: " + result.dropped());
    }
    waiting.clear();
    supplyChange = BigInteger.ZERO;
    result
        .diff()
        .accounts()
        .forEach(change ->
            supplyChange =
                supplyChange
                    .add(change.after().balance().wei().toBigInteger())
                    .subtract(change.before().balance().wei().toBigInteger()));
    BlockHeader header = result.block().header();
    baseFees = header.baseFeePerGas().times(header.gasUsed());
    state.apply(result.diff());
    past.put(derived.nextHeight(), new Past(derived.rules(), result.blockHash()));
    derived =
        derived.after(
            FinalizedBlock.of(content, result.blockHash(), result.facts(), Unsigned.SCHEME));
    result.facts().snapshot().ifPresent(next -> snapshot = next);
    convicted = result.facts().convicted();
    parent = header;
    parentContent = Optional.of(content);
    return result.receipts();
  }

  private static BlsSignature proof(Height height) {
    byte[] bytes = new byte[BlsSignature.BYTES];
    Keccak256.hash(Bytes.wrap(UInt256.of(height.number()).toArray())).toBytes().copyTo(bytes, 0);
    return new BlsSignature(Bytes.wrap(bytes));
  }

  /// Everybody who is there signed the parent; in FAST the authorities alone.
  private Optional<CommitCertificate> certificate() {
    return derived
        .parentRules()
        .map(rules ->
            new CommitCertificate(
                new Ballot.Commit(
                    rules.height(),
                    Round.ZERO,
                    rules.mode(),
                    parentContent.orElseThrow().id(),
                    parent.hash()),
                signatures(
                    rules,
                    rules.set().validators().stream()
                        .filter(each -> rules.mode() != Mode.FAST || each.isAuthority())
                        .toList())));
  }

  private List<CarriedAnchors> anchors() {
    return derived
        .openAnchors()
        .map(Map.Entry::getKey)
        .flatMap(height ->
            Optional.ofNullable(past.get(height))
                .map(block ->
                    List.of(
                        new CarriedAnchors(
                            height,
                            block.blockHash,
                            signatures(block.rules, block.rules.set().stakers())))))
        .orElse(List.of());
  }

  private AggregateSignature signatures(HeightRules rules, List<Validator> members) {
    return new AggregateSignature(
        rules
            .set()
            .signers(
                members.stream()
                    .map(Validator::account)
                    .filter(account -> !away.contains(account))
                    .toList()),
        new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])));
  }

  /// Verifiable random functions without signatures; nothing else is asked of it.
  private enum Unsigned implements SignatureScheme {
    SCHEME;

    @Override
    public boolean verify(BlsPublicKey key, ValidatorMessage message, BlsSignature signature) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean verifyAggregate(
        List<BlsPublicKey> keys, ValidatorMessage message, BlsSignature aggregate) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean verifyAll(List<Claim> claims) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<BlsSignature> aggregate(List<BlsSignature> signatures) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Hash vrfOutput(BlsSignature proof) {
      return Keccak256.hash(proof.bytes());
    }
  }

  /// The account with a number.
  static Address account(int index) {
    byte[] hash = Keccak256.hash(Bytes.wrap(UInt256.of(7_000 + index).toArray())).toArray();
    return new Address(Bytes.of(hash, 0, Address.BYTES));
  }

  /// The key of the account with a number.
  static BlsSecretKey key(int index) {
    return BlsSecretKey.fromSeed(Keccak256.hash(Bytes.wrap(UInt256.of(index).toArray())).toArray());
  }
}
