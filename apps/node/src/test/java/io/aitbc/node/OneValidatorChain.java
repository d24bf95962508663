// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.FinalizedBlock;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.ExecutionResult;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Machines;
import io.aitbc.execution.SystemContracts;
import io.aitbc.mempool.ChainHead;
import io.aitbc.mempool.Mempool;
import io.aitbc.mempool.MempoolLimits;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.Block;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Fork;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Round;
import io.aitbc.model.Transaction;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.GenesisBlock;
import io.aitbc.storage.Head;
import io.aitbc.storage.KeyValues;
import io.aitbc.storage.Retention;
import io.aitbc.storage.RocksKeyValues;
import io.aitbc.storage.RocksSettings;
import io.aitbc.storage.StoreOpening;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A node's chain on disk, and the one validator of its network, whose blocks come as a peer brings
/// them: really executed, really signed.
public final class OneValidatorChain implements AutoCloseable {
  private static final BlsScheme SCHEME = new BlsScheme();
  private static final long WAIT_SECONDS_MAX = 60;
  private static final long CACHE_BYTES = 1 << 20;

  /// The folder of the database.
  private static final String CHAIN = "chain";

  /// Of the network.
  public final GenesisState genesis;

  /// Of the network.
  public final Machines machines;

  /// The node's.
  public final ChainStore store;

  final NodeChain chain;

  /// Steps that the node's own execution has gone through.
  final AtomicInteger executed = new AtomicInteger();

  /// What the threads ended with.
  final BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();

  private final PoolWorkers workers = new PoolWorkers(1);
  private final LoopThread thread = new LoopThread("execution", ends::add);
  private final LoopThread loop = new LoopThread("consensus", ends::add);
  private final BlockExecutor validator;
  private DerivedState derived;
  private Optional<CommitCertificate> parentCertificate;
  private final Map<Height, BlockContext> contexts = new TreeMap<>();

  private final List<RecoveredTransaction> waiting = new ArrayList<>();

  private long blockMillis = 2_000;

  /// What the validator makes of the next height.
  ///
  /// @param context for the execution
  /// @param content what it would have proposed
  /// @param result what executing it gives
  record Next(BlockContext context, ProposalContent content, ExecutionResult result) {}

  /// A chain that ended, from which others go on.
  ///
  /// @param genesis of the network
  /// @param folder with the chain
  /// @param certificate of its last block
  public record Ended(GenesisState genesis, Path folder, CommitCertificate certificate) {}

  /// A chain at height 0.
  ///
  /// @param folder for the chain and for what repeats an execution
  public OneValidatorChain(Genesis start, Path folder, Retention retention) {
    this(GenesisState.of(start, Workers.NONE), folder, retention);
  }

  private OneValidatorChain(GenesisState genesis, Path folder, Retention retention) {
    this(
        genesis,
        ChainStore.begin(
            tables(folder),
            new GenesisBlock(
                genesis.block(),
                genesis.diff(),
                DerivedState.genesis(consensusGenesis(genesis)).encoded()),
            retention,
            CACHE_BYTES),
        folder,
        Optional.empty());
  }

  /// A copy of `ended`.
  ///
  /// @param folder for the chain and for what repeats an execution
  public static OneValidatorChain goingOn(Ended ended, Path folder, Retention retention)
      throws IOException {
    Path from = ended.folder().resolve(CHAIN);
    Path to = Files.createDirectories(folder.resolve(CHAIN));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Path _ = Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    GenesisState genesis = ended.genesis();
    if (ChainStore.open(tables(folder), genesis.hash(), retention, CACHE_BYTES)
        instanceof StoreOpening.Opened(ChainStore store)) {
      return new OneValidatorChain(genesis, store, folder, Optional.of(ended.certificate()));
    }
    throw new AssertionError("no chain of this network in " + from);
  }

  private static KeyValues tables(Path folder) {
    return RocksKeyValues.open(folder.resolve(CHAIN), RocksSettings.SMALL);
  }

  private static ConsensusGenesis consensusGenesis(GenesisState genesis) {
    Genesis start = genesis.genesis();
    return new ConsensusGenesis(genesis.hash(), start.timestampMillis(), start.snapshot());
  }

  private static DerivedState derived(ChainStore store) {
    try {
      return DerivedState.decode(store.head().derivedState());
    } catch (MalformedException damaged) {
      throw new AssertionError(damaged);
    }
  }

  private OneValidatorChain(
      GenesisState genesis,
      ChainStore store,
      Path folder,
      Optional<CommitCertificate> parentCertificate) {
    this.genesis = genesis;
    this.store = store;
    this.parentCertificate = parentCertificate;
    Genesis start = genesis.genesis();
    derived = derived(store);
    machines = new Machines(genesis.hash(), Secp256k1.chosen(), SCHEME);
    validator = new BlockExecutor(start.execution(), SystemContracts.of(start), machines);
    chain =
        new NodeChain(
            store,
            new BlockExecutor(
                    start.execution(),
                    SystemContracts.of(start),
                    new Machines(genesis.hash(), Secp256k1.chosen(), SCHEME))
                .observedBy(_ -> executed.incrementAndGet()),
            SCHEME,
            new Mempool(
                MempoolLimits.DEFAULT,
                start.execution().transactionRules(),
                Secp256k1.chosen(),
                new ChainHead(genesis.inMemory(), Amount.wei(1), 25_000_000, Fork.OSAKA)),
            workers,
            thread,
            loop,
            new NodeMetrics("test", "test", new NetworkKind.Hybrid()),
            derived,
            _ -> {},
            folder,
            List.of());
    thread.start();
    loop.start();
  }

  /// The validator's next block, with the transactions that wait.
  Next next() {
    Head head = store.head();
    BlsSignature proof =
        OneValidator.KEY.sign(
            ProposalContent.vrfMessage(genesis.hash(), derived.beacon(), derived.nextHeight()));
    ProposalContent content =
        new ProposalContent(
            head.hash(),
            waiting.stream().map(each -> each.transaction().hash()).toList(),
            derived.parentTimestampMillis() + blockMillis,
            Round.ZERO,
            OneValidator.ACCOUNT,
            proof,
            parentCertificate,
            CarriedSignatures.NONE);
    BlockContext context = derived.context(content, SCHEME);
    return new Next(
        context,
        content,
        validator.execute(
            context, head.header(), List.copyOf(waiting), head.state(), Workers.NONE));
  }

  /// From now on a block comes so long after the one before it.
  public void blockMillis(long millis) {
    blockMillis = millis;
  }

  /// Puts a transaction into the next block.
  public void include(Transaction transaction) {
    waiting.add(RecoveredTransaction.of(transaction, Secp256k1.chosen()).orElseThrow());
  }

  /// What the block after that of `height` was executed with.
  BlockContext contextAfter(Height height) {
    return Objects.requireNonNull(contexts.get(height));
  }

  /// What consensus derives from the chain up to its head.
  DerivedState derived() {
    return derived;
  }

  /// What the validator signs for a block with this hash.
  CommitCertificate certificate(Next next, Hash blockHash) {
    Ballot.Commit ballot =
        new Ballot.Commit(
            derived.nextHeight(),
            Round.ZERO,
            derived.rules().mode(),
            next.context().proposalId(),
            blockHash);
    return new CommitCertificate(
        ballot,
        new AggregateSignature(
            derived.set().signers(List.of(OneValidator.ACCOUNT)),
            OneValidator.KEY.sign(ballot.message(genesis.hash()))));
  }

  /// The block as a peer brings it, under this header, which the validator has signed.
  CertifiedBlock certified(Next next, BlockHeader header) {
    return new CertifiedBlock(
        new Block(header, next.result().block().transactions()).encode(),
        next.context().extension(),
        parentCertificate,
        CarriedSignatures.NONE,
        certificate(next, header.hash()));
  }

  CertifiedBlock certified(Next next) {
    return certified(next, next.result().block().header());
  }

  /// A peer brings blocks; what becomes of them.
  Chain.Appended brought(CertifiedBlock... blocks) throws InterruptedException {
    BlockingQueue<Chain.Appended> answers = new ArrayBlockingQueue<>(1);
    chain.append(List.of(blocks), answers::add);
    return Objects.requireNonNull(answers.poll(WAIT_SECONDS_MAX, TimeUnit.SECONDS));
  }

  /// What a thread of the node ends with.
  Throwable end() throws InterruptedException {
    return Objects.requireNonNull(ends.poll(WAIT_SECONDS_MAX, TimeUnit.SECONDS));
  }

  /// Grows by one block.
  ///
  /// @throws AssertionError if the node refuses it
  public void grow() throws InterruptedException {
    Next next = next();
    waiting.clear();
    CertifiedBlock block = certified(next);
    Chain.Appended appended = brought(block);
    if (!(appended instanceof Chain.Appended.Grown)) {
      throw new AssertionError(appended.toString());
    }
    contexts.put(new Height(block.height().number() - 1), next.context());
    derived = derived.after(FinalizedBlock.of(block, next.result().facts(), SCHEME));
    parentCertificate = Optional.of(block.certificate());
  }

  /// Ends, and others may go on from here.
  ///
  /// @param folder where it is
  public Ended end(Path folder) {
    close();
    return new Ended(genesis, folder, parentCertificate.orElseThrow());
  }

  @Override
  public void close() {
    thread.close();
    loop.close();
    workers.close();
    store.close();
  }
}
