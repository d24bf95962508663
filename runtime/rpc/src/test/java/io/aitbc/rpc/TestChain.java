// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisEconomy;
import io.aitbc.model.AccessListEntry;
import io.aitbc.model.AccessListTransaction;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Authorization;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.Candidate;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.LegacyTransaction;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.SetCodeTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.model.UnsignedTransaction;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import io.aitbc.state.Account;
import io.aitbc.state.FinalState;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import io.aitbc.state.StateView;
import io.aitbc.state.TrieRoot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Three blocks that are always the same: an empty genesis, one with a transaction of each type and
/// a log, one that is empty. The state is that of every block, but that the sender's nonce is 0
/// after the first.
final class TestChain implements ChainReader {
  static final UInt256 CHAIN_ID = UInt256.of(26_473);
  static final Secp256k1SecretKey KEY = key(1);
  static final Address SENDER = Address.of(KEY.publicKey());
  static final Address RECEIVER = Address.fromHex("0x00000000000000000000000000000000000000aa");

  /// Returns its input.
  static final Address ECHO = Address.fromHex("0x0000000000000000000000000000000000010001");

  /// Reverts with its input.
  static final Address REVERT = Address.fromHex("0x0000000000000000000000000000000000010002");

  /// Never ends.
  static final Address LOOP = Address.fromHex("0x0000000000000000000000000000000000010003");

  /// Writes the first word of its input to slot 0.
  static final Address STORE = Address.fromHex("0x0000000000000000000000000000000000010004");

  /// A validator of both classes: the receiver.
  private static final Candidate CANDIDATE =
      new Candidate(
          RECEIVER,
          new BlsPublicKey(Bytes.fromHex("0x" + "22".repeat(BlsPublicKey.BYTES))),
          ValidatorClass.BOTH,
          VotingPower.of(Amount.aitbc(20_000)),
          Candidate.Standing.ACTIVE,
          0,
          OptionalLong.empty());

  /// The validators of the first epoch.
  static final ValidatorSet SET =
      ValidatorSet.of(
          List.of(
              new Validator(
                  CANDIDATE.account(),
                  CANDIDATE.key(),
                  CANDIDATE.validatorClass(),
                  CANDIDATE.stake())));

  /// The contracts, beside what the roots of the blocks commit to: examples in the documents do not
  /// change with every contract.
  private static final List<Genesis.GenesisAccount> ECONOMY = economy();

  /// The contracts when a job was ordered in block 1 and taken in block 2.
  private static final Overlay WORK = WorkExample.after(ECONOMY, TestChain.TIME);

  /// The topic of the log in block 1.
  static final Hash TOPIC = Keccak256.hash(new byte[] {7});

  /// What the four transactions of block 1 used, added up.
  private static final List<Long> CUMULATIVE_GAS = List.of(21_000L, 81_000L, 102_000L, 152_300L);

  private static final long TIME = 1_700_000_000;
  private static final Amount FEE = Amount.wei(2_000_000_000);
  private static final Amount TIP = Amount.wei(1_000_000_000);

  private volatile long bodiesFrom;
  private final Map<Long, CommitCertificate> certificates = new TreeMap<>();

  private final MemoryState state = new MemoryState();
  // Subscribers are told by a thread of their own while it grows.
  private final List<Block> blocks = new CopyOnWriteArrayList<>();
  private final List<List<Receipt>> receipts = new CopyOnWriteArrayList<>();

  TestChain() {
    Overlay overlay = new Overlay(state);
    overlay.setBalance(SENDER, Amount.aitbc(1_000));
    overlay.setNonce(SENDER, 4);
    Hash _ = overlay.setCode(ECHO, Bytes.fromHex("365f5f37365ff3"));
    Hash _ = overlay.setCode(REVERT, Bytes.fromHex("365f5f37365ffd"));
    Hash _ = overlay.setCode(LOOP, Bytes.fromHex("5b5f56"));
    Hash _ = overlay.setCode(STORE, Bytes.fromHex("5f355f5500"));
    overlay.setStorage(STORE, UInt256.ZERO, UInt256.of(5));
    state.apply(StateTrie.diff(state, overlay, Workers.NONE));
    append(List.of(), List.of());
    List<Transaction> transactions = transactions();
    List<Receipt> outcomes = new ArrayList<>();
    for (int i = 0; i < transactions.size(); i++) {
      Log log = new Log(ECHO, List.of(TOPIC), Bytes.of((byte) 1));
      outcomes.add(
          Receipt.of(
              transactions.get(i).type(),
              i == 1 ? Receipt.Outcome.FAILED : Receipt.Outcome.SUCCEEDED,
              CUMULATIVE_GAS.get(i),
              i == 2 ? List.of(log) : List.of()));
    }
    append(transactions, outcomes);
    append(List.of(), List.of());
  }

  /// The contracts of a network with one validator.
  private static List<Genesis.GenesisAccount> economy() {
    EpochSnapshot snapshot = new EpochSnapshot(List.of(CANDIDATE), ConsensusParameters.DEFAULT, 0);
    return new GenesisEconomy(
            ExecutionParameters.of(CHAIN_ID),
            snapshot,
            new EnumMap<>(EconomyParameter.class),
            Amount.aitbc(30_000_000_000L))
        .accounts();
  }

  /// Forgets transactions and receipts of the blocks below `height`.
  void forgetBodiesBelow(long height) {
    bodiesFrom = height;
  }

  static Secp256k1SecretKey key(int number) {
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    return Secp256k1SecretKey.fromSeed(seed);
  }

  static Transaction signed(UnsignedTransaction unsigned) {
    return unsigned.signedWith(
        TransactionSignature.of(
            KEY.sign(new AccountMessage.TransactionDigest(unsigned.signingHash()))));
  }

  static Transaction transfer(long nonce) {
    return call(nonce, RECEIVER, Amount.wei(1), 21_000, Bytes.EMPTY);
  }

  private static Transaction call(long nonce, Address to, Amount value, long gas, Bytes input) {
    return signed(
        new DynamicFeeTransaction.Unsigned(
            CHAIN_ID, nonce, TIP, FEE, gas, Optional.of(to), value, input, List.of()));
  }

  private static List<Transaction> transactions() {
    List<AccessListEntry> accessList = List.of(new AccessListEntry(ECHO, List.of(Hash.ZERO)));
    Authorization authorization =
        new Authorization(
            CHAIN_ID, ECHO, 0, new TransactionSignature(UInt256.of(3), UInt256.of(4), 1));
    return List.of(
        signed(
            new LegacyTransaction.Unsigned(
                Optional.of(CHAIN_ID),
                0,
                FEE,
                21_000,
                Optional.of(RECEIVER),
                Amount.wei(7),
                Bytes.EMPTY)),
        signed(
            new AccessListTransaction.Unsigned(
                CHAIN_ID,
                1,
                FEE,
                60_000,
                Optional.empty(),
                Amount.ZERO,
                Bytes.fromHex("fe"),
                accessList)),
        transfer(2),
        signed(
            new SetCodeTransaction.Unsigned(
                CHAIN_ID,
                3,
                TIP,
                FEE,
                100_000,
                RECEIVER,
                Amount.ZERO,
                Bytes.EMPTY,
                accessList,
                List.of(authorization))));
  }

  private void append(List<Transaction> transactions, List<Receipt> outcomes) {
    int number = blocks.size();
    BlockHeader header =
        new BlockHeader(
            number == 0 ? Hash.ZERO : blocks.getLast().header().hash(),
            RECEIVER,
            state.root(),
            TrieRoot.ofList(transactions.stream().map(Transaction::encoded).toList()),
            TrieRoot.ofList(outcomes.stream().map(Receipt::encode).toList()),
            Bloom.union(outcomes.stream().map(Receipt::bloom).toList()),
            number,
            30_000_000,
            outcomes.isEmpty() ? 0 : outcomes.getLast().cumulativeGasUsed(),
            TIME + number,
            Hash.ZERO.toBytes(),
            Hash.ZERO,
            Amount.wei(1_000_000_000),
            BlockHeader.EMPTY_TRIE_ROOT,
            0,
            0,
            Hash.ZERO,
            Optional.of(BlockHeader.NO_REQUESTS_HASH));
    receipts.add(outcomes);
    blocks.add(new Block(header, transactions));
  }

  /// Makes the next block final.
  void grow() {
    append(List.of(), List.of());
  }

  /// Takes back all blocks above a height.
  void takeBack(long to) {
    while (height() > to) {
      blocks.removeLast();
      receipts.removeLast();
    }
  }

  /// Makes a block final in which {@link #STORE} is called with each of these words, and then
  /// somebody is paid.
  ///
  /// @param gasUsed by all transactions so far, one by one
  void growByStores(List<UInt256> words, List<Long> gasUsed) {
    List<Transaction> transactions = new ArrayList<>();
    for (UInt256 word : words) {
      transactions.add(
          call(4L + transactions.size(), STORE, Amount.ZERO, 60_000, Bytes.wrap(word.toArray())));
    }
    transactions.add(transfer(4L + words.size()));
    List<Receipt> outcomes = new ArrayList<>();
    for (int i = 0; i < transactions.size(); i++) {
      outcomes.add(
          Receipt.of(
              transactions.get(i).type(), Receipt.Outcome.SUCCEEDED, gasUsed.get(i), List.of()));
    }
    append(transactions, outcomes);
  }

  /// Makes a block final in which one transaction has this many logs.
  void growByLogs(int count) {
    Log log = new Log(ECHO, List.of(TOPIC), Bytes.EMPTY);
    append(
        List.of(transfer(4)),
        List.of(
            Receipt.of(
                transfer(4).type(),
                Receipt.Outcome.SUCCEEDED,
                21_000,
                Collections.nCopies(count, log))));
  }

  /// Makes a block with the transactions of block 1 final.
  void growLikeTheFirst() {
    append(blocks.get(1).transactions(), receipts.get(1));
  }

  @Override
  public long height() {
    return blocks.getLast().header().number();
  }

  @Override
  public Optional<BlockHeader> header(long height) {
    return 0 <= height && height < blocks.size()
        ? Optional.of(blocks.get((int) height).header())
        : Optional.empty();
  }

  /// Gives a block this certificate.
  void certify(long height, CommitCertificate certificate) {
    certificates.put(height, certificate);
  }

  @Override
  public Optional<Block> block(long height) {
    return height >= bodiesFrom && height < blocks.size()
        ? Optional.of(blocks.get((int) height))
        : Optional.empty();
  }

  @Override
  public Optional<Long> heightOf(Hash block) {
    return blocks.stream()
        .filter(each -> each.header().hash().equals(block))
        .map(each -> each.header().number())
        .findFirst();
  }

  @Override
  public Optional<List<Receipt>> receipts(long height) {
    return bodiesFrom <= height && height < receipts.size()
        ? Optional.of(receipts.get((int) height))
        : Optional.empty();
  }

  @Override
  public Kept kept() {
    Window all = new Window(0, OptionalLong.empty());
    return new Kept(all, new Window(0, OptionalLong.of(128)), all);
  }

  @Override
  public Optional<Place> place(Hash transaction) {
    List<Transaction> all = blocks.get(1).transactions();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).hash().equals(transaction)) {
        return Optional.of(new Place(1, i));
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<CommitCertificate> certificate(long height) {
    return Optional.ofNullable(certificates.get(height));
  }

  @Override
  public Optional<ConsensusExtension> extension(long height) {
    return Optional.empty();
  }

  @Override
  public Optional<StateView> state(long height) {
    Overlay view = new Overlay(state);
    for (Genesis.GenesisAccount each : ECONOMY) {
      Account now = WORK.account(each.address());
      view.setBalance(each.address(), now.balance());
      view.setNonce(each.address(), now.nonce());
      Hash _ = view.setCode(each.address(), each.code());
    }
    WORK.storageChanges()
        .forEach(change -> view.setStorage(change.address(), change.key(), change.after()));
    if (height == 0) {
      view.setNonce(SENDER, 0);
    }
    return Optional.of(view);
  }

  @Override
  public Optional<FinalState> provable(long height) {
    return Optional.of(state);
  }

  MemoryState memory() {
    return state;
  }
}
