// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusValues;
import io.aitbc.model.EthereumValues;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Receipt;
import io.aitbc.model.Round;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorSet;
import io.aitbc.state.FinalState;
import io.aitbc.state.LayeredState;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateTrie;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A chain of made-up blocks over a real state with real tries, remembered as a whole.
final class TestChain {
  static final Workers WORKERS = Workers.NONE;

  final List<FinalBlock> blocks = new ArrayList<>();

  /// The state after each height.
  final List<FinalState> states = new ArrayList<>();

  final GenesisBlock genesis;
  private final Seed seed;
  private final EthereumValues values;
  private final ValidatorSet set;
  private final int accounts;

  /// A chain whose state has `accounts` accounts, a tenth of them with code and storage.
  TestChain(long seedNumber, int accounts) {
    this.seed = Seed.of(seedNumber);
    this.values = new EthereumValues(seed);
    this.set = new ConsensusValues(Seed.of(seedNumber)).validatorSet();
    this.accounts = accounts;
    MemoryState nothing = new MemoryState();
    Overlay overlay = new Overlay(nothing);
    for (int i = 0; i < accounts; i++) {
      overlay.setBalance(address(i), Amount.wei(1_000_000 + i));
      if (i % 10 == 0) {
        var _ = overlay.setCode(address(i), Bytes.wrap(seed.bytes(40)));
      }
    }
    StateDiff diff = StateTrie.diff(nothing, overlay, WORKERS);
    genesis =
        new GenesisBlock(
            new Block(header(0, Hash.ZERO, diff.rootAfter()), List.of()), diff, Bytes.of((byte) 0));
    MemoryState state = new MemoryState();
    state.apply(diff);
    states.add(state);
  }

  static Address address(int index) {
    Hash hash = Keccak256.hash(Bytes.of((byte) (index >> 16), (byte) (index >> 8), (byte) index));
    return new Address(hash.toBytes().slice(12, Address.BYTES));
  }

  Hash genesisHash() {
    return genesis.block().hash();
  }

  int accounts() {
    return accounts;
  }

  FinalState state() {
    return states.getLast();
  }

  /// The next block over the newest state of this chain, which is remembered.
  FinalBlock next(int transactions) {
    FinalBlock block = next(transactions, state());
    states.add(new LayeredState(state(), block.diff()));
    return block;
  }

  /// Takes back the newest block.
  void forgetLast() {
    var _ = blocks.removeLast();
    var _ = states.removeLast();
  }

  /// The next block, made over `state`, which must be equal to the newest.
  FinalBlock next(int transactions, FinalState state) {
    Overlay overlay = new Overlay(state);
    List<Transaction> body = new ArrayList<>();
    List<Address> senders = new ArrayList<>();
    List<Receipt> receipts = new ArrayList<>();
    for (int i = 0; i < transactions; i++) {
      Address sender = address(seed.below(accounts));
      Address recipient = address(seed.below(accounts));
      overlay.setNonce(sender, overlay.account(sender).nonce() + 1);
      overlay.credit(recipient, Amount.wei(1 + seed.below(100)));
      if (seed.chance(1, 4)) {
        Address contract = address(10 * seed.below(Math.max(1, accounts / 10)));
        overlay.setStorage(contract, UInt256.of(seed.below(20)), UInt256.of(seed.below(3)));
      }
      if (seed.chance(1, 20)) {
        var _ = overlay.setCode(address(accounts + seed.below(50)), values.string(60));
      }
      body.add(values.transaction());
      senders.add(sender);
      receipts.add(values.receipt());
    }
    return seal(StateTrie.diff(state, overlay, WORKERS), body, senders, receipts);
  }

  private FinalBlock seal(
      StateDiff diff, List<Transaction> body, List<Address> senders, List<Receipt> receipts) {
    long height = blocks.size() + 1L;
    Hash parent = blocks.isEmpty() ? genesisHash() : blocks.getLast().hash();
    Block block = new Block(header(height, parent, diff.rootAfter()), body);
    Optional<CommitCertificate> parentCertificate =
        blocks.isEmpty() ? Optional.empty() : Optional.of(blocks.getLast().certificate());
    Hash hash = block.hash();
    Ballot.Commit ballot =
        new Ballot.Commit(
            new Height(height), new Round(seed.below(3)), Mode.FAST, values.hash(), hash);
    List<PrepareCertificate> prepared =
        seed.chance(1, 5)
            ? List.of(
                new PrepareCertificate(
                    new Ballot.Prepare(
                        new Height(height), Round.ZERO, Mode.FAST, values.hash(), Optional.empty()),
                    aggregate()))
            : List.of();
    FinalBlock finalBlock =
        new FinalBlock(
            block,
            hash,
            senders,
            receipts,
            diff,
            extension(),
            parentCertificate,
            CarriedSignatures.NONE,
            new CommitCertificate(ballot, aggregate()),
            set,
            prepared,
            Bytes.wrap(seed.bytes(10)));
    blocks.add(finalBlock);
    return finalBlock;
  }

  private AggregateSignature aggregate() {
    SignerBitmap bits = SignerBitmap.of(4, List.of(0, 1, 2));
    return new AggregateSignature(new Signers(bits, bits), signature());
  }

  private BlsSignature signature() {
    return new BlsSignature(Bytes.wrap(seed.bytes(BlsSignature.BYTES)));
  }

  private ConsensusExtension extension() {
    return new ConsensusExtension(
        ModeSetting.settled(Mode.FAST),
        Fallback.ON,
        Oversight.REQUIRED,
        0,
        values.address(),
        Round.ZERO,
        signature(),
        values.hash(),
        values.hash(),
        values.hash(),
        values.hash(),
        1_000);
  }

  private static BlockHeader header(long number, Hash parent, Hash stateRoot) {
    return new BlockHeader(
        parent,
        Address.ZERO,
        stateRoot,
        BlockHeader.EMPTY_TRIE_ROOT,
        BlockHeader.EMPTY_TRIE_ROOT,
        Bloom.EMPTY,
        number,
        30_000_000,
        0,
        1_700_000_000 + number,
        Bytes.EMPTY,
        Hash.ZERO,
        Amount.wei(7),
        BlockHeader.EMPTY_TRIE_ROOT,
        0,
        0,
        Hash.ZERO,
        Optional.of(BlockHeader.NO_REQUESTS_HASH));
  }
}
