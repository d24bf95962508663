// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.AccountMessage.TransactionDigest;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.ExecutionObserver;
import io.aitbc.execution.ExecutionParameters;
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
import io.aitbc.model.Candidate;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Round;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.UInt256;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.FinalBlock;
import io.aitbc.storage.GenesisBlock;
import io.aitbc.storage.Head;
import io.aitbc.storage.KeyValues;
import io.aitbc.storage.Retention;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/// A chain in RocksDB whose blocks are full of transfers, each from an account that has sent
/// nothing yet to one that never sends, drawn at random. One thread does what a node does with a
/// block that a peer brings, networking and consensus excepted.
final class TransferBlocks implements AutoCloseable {
  private static final UInt256 CHAIN_ID = UInt256.of(7_000);
  private static final Amount FEE_MAX = Amount.wei(1_000_000_000_000L);
  private static final long GAS = 21_000;
  private static final long RECIPIENTS_SEED = 4;
  private static final Amount MONEY = Amount.aitbc(1_000);
  private static final Address MAKER = Address.ZERO;

  private final int accounts;
  private final int senders;
  private final SplittableRandom recipients = new SplittableRandom(RECIPIENTS_SEED);
  private final ChainStore store;
  private final BlockExecutor executor;
  private Optional<CommitCertificate> certificate = Optional.empty();
  private int sent;
  private BlockTimes times = new BlockTimes();

  /// A chain in empty tables.
  ///
  /// @param tables where it goes; closed with the chain
  /// @param accounts how many the state has
  /// @param senders how many of them send, in turns
  /// @param cacheBytes memory of the store for the parts of the state used last
  TransferBlocks(KeyValues tables, int accounts, int senders, long cacheBytes) {
    this.accounts = accounts;
    this.senders = senders;
    EpochSnapshot snapshot = snapshot();
    ExecutionParameters parameters = ExecutionParameters.of(CHAIN_ID);
    List<Genesis.GenesisAccount> allocation = new ArrayList<>();
    for (int i = 0; i < accounts; i++) {
      allocation.add(Genesis.GenesisAccount.of(account(i, senders), MONEY));
    }
    allocation.sort((one, other) -> one.address().compareTo(other.address()));
    GenesisState genesis =
        GenesisState.of(
            new Genesis(
                parameters, snapshot, 1_000_000, parameters.fees().baseFeeMin(), allocation),
            Workers.NONE);
    store =
        ChainStore.begin(
            tables,
            new GenesisBlock(genesis.block(), genesis.diff(), Bytes.of((byte) 0)),
            Retention.DEFAULT,
            cacheBytes);
    executor =
        new BlockExecutor(
                parameters,
                SystemContracts.fixed(snapshot),
                new Machines(genesis.hash(), Secp256k1.chosen(), new BlsScheme()))
            .observedBy(this::ended);
  }

  /// Their set, which nobody looks at.
  private static final ValidatorSet VALIDATORS =
      ValidatorSet.of(
          snapshot().candidates().stream()
              .map(each ->
                  new Validator(each.account(), each.key(), each.validatorClass(), each.stake()))
              .toList());

  /// One authority.
  static EpochSnapshot snapshot() {
    return new EpochSnapshot(
        List.of(
            new Candidate(
                MAKER,
                new BlsPublicKey(Bytes.wrap(new byte[BlsPublicKey.BYTES])),
                ValidatorClass.AUTHORITY,
                VotingPower.ZERO,
                Candidate.Standing.ACTIVE,
                0,
                OptionalLong.empty())),
        ConsensusParameters.DEFAULT,
        0);
  }

  private static Secp256k1SecretKey key(int sender) {
    return Secp256k1SecretKey.fromSeed(numbered(sender));
  }

  private static Address stranger(int account) {
    return Address.of(Keccak256.hash(numbered(account)).toArray(), 0);
  }

  private static byte[] numbered(int number) {
    return ByteBuffer.allocate(Hash.BYTES).putInt(Hash.BYTES - Integer.BYTES, number + 1).array();
  }

  /// Account `number`: of the first `senders` the keys are known.
  static Address account(int number, int senders) {
    return number < senders ? Address.of(key(number).publicKey()) : stranger(number);
  }

  /// A transfer of 1 wei from a sender to one account.
  static Transaction transfer(int sender, int nonce, long chainId) {
    return signed(
        sender,
        nonce,
        UInt256.of(chainId),
        stranger(NetworkRun.ACCOUNTS - 1 - sender),
        Amount.wei(1));
  }

  private static Transaction signed(
      int sender, int nonce, UInt256 chainId, Address to, Amount value) {
    Secp256k1SecretKey key = key(sender);
    DynamicFeeTransaction.Unsigned unsigned =
        new DynamicFeeTransaction.Unsigned(
            chainId,
            nonce,
            Amount.wei(1_000_000_000L),
            FEE_MAX,
            GAS,
            Optional.of(to),
            value,
            Bytes.EMPTY,
            List.of());
    return unsigned.signedWith(key.sign(new TransactionDigest(unsigned.signingHash())));
  }

  /// The encodings of the next block's transactions.
  List<Bytes> transfers(int count) {
    List<Bytes> encodings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Address to = stranger(recipients.nextInt(senders, accounts));
      encodings.add(
          signed(sent % senders, sent / senders, CHAIN_ID, to, Amount.ONE_AITBC).encoded());
      sent++;
    }
    return encodings;
  }

  /// Decodes, executes and keeps a block of these transactions.
  ///
  /// @return where this thread's processor time went
  BlockTimes append(List<Bytes> encodings) throws MalformedException {
    times = new BlockTimes();
    List<Transaction> transactions = new ArrayList<>();
    for (Bytes encoding : encodings) {
      transactions.add(TransactionCodec.decode(encoding));
    }
    times.ended(BlockTimes.Stage.DECODE);
    List<RecoveredTransaction> recovered = new ArrayList<>();
    for (Transaction transaction : transactions) {
      recovered.add(RecoveredTransaction.of(transaction, Secp256k1.chosen()).orElseThrow());
    }
    times.ended(BlockTimes.Stage.RECOVER);
    Head head = store.head();
    BlockContext context = context(head);
    ExecutionResult result =
        executor.execute(context, head.header(), recovered, head.state(), Workers.NONE);
    if (result.receipts().size() != encodings.size()) {
      throw new IllegalStateException("dropped: " + result.dropped().getFirst());
    }
    FinalBlock block = finalBlock(context, result, recovered);
    store.append(block);
    times.ended(BlockTimes.Stage.STORE);
    certificate = Optional.of(block.certificate());
    return times;
  }

  private void ended(ExecutionObserver.Step step) {
    times.ended(
        switch (step) {
          case TRANSACTIONS -> BlockTimes.Stage.EXECUTE;
          case STATE_ROOT -> BlockTimes.Stage.STATE_ROOT;
          case HEADER -> BlockTimes.Stage.HEADER;
        });
  }

  private BlockContext context(Head head) {
    return new BlockContext(
        head.height().next(),
        head.hash(),
        Hash.ZERO,
        Keccak256.hash(head.hash().toArray()),
        certificate,
        new ConsensusExtension(
            ModeSetting.settled(Mode.BALANCED),
            Fallback.ON,
            Oversight.REQUIRED,
            0,
            MAKER,
            Round.ZERO,
            signature(),
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            1_000 * (head.header().timestampSeconds() + 1)),
        Optional.empty());
  }

  private FinalBlock finalBlock(
      BlockContext context, ExecutionResult result, List<RecoveredTransaction> recovered) {
    SignerBitmap all = SignerBitmap.of(1, List.of(0));
    Height height = context.height();
    return new FinalBlock(
        result.block(),
        result.blockHash(),
        recovered.stream().map(RecoveredTransaction::sender).toList(),
        result.receipts(),
        result.diff(),
        context.extension(),
        certificate,
        CarriedSignatures.NONE,
        new CommitCertificate(
            new Ballot.Commit(
                height, Round.ZERO, Mode.BALANCED, context.proposalId(), result.blockHash()),
            new AggregateSignature(new Signers(all, all), signature())),
        VALIDATORS,
        List.of(),
        Bytes.of((byte) 0));
  }

  /// Nobody checks it: consensus is no part of what is measured.
  private static BlsSignature signature() {
    return new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES]));
  }

  /// Ends what other threads still do for the blocks: the tables of state are written.
  void finish() {
    store.close();
  }

  @Override
  public void close() {
    finish();
  }
}
