// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.ValidatorSet;
import io.aitbc.state.FinalState;
import io.aitbc.state.LayeredState;
import io.aitbc.state.MemoryState;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateView;
import io.aitbc.state.Trie;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/// The final chain and its state on disk. A block, its certificate, its receipts and what it
/// changes in the state are one atomic write with one sync: after a crash at any moment the store
/// holds the last block that was appended, whole, or the one before. Protocol §13.4.
///
/// The tables of state follow, many blocks at once, written by a thread of their own; until then
/// what these blocks changed is in memory. When the store is opened, the changes of the blocks that
/// the tables of state lack are made again. That a writing of them failed is thrown by the next
/// append, as if its own had failed.
///
/// One thread appends; any number of threads read. What is read is consistent with {@link #head} or
/// a later one.
public final class ChainStore implements AutoCloseable {
  /// Version of the layout.
  public static final long VERSION = 3;

  /// Memory for the parts of the state used last.
  public static final long CACHE_BYTES_DEFAULT = 256L << 20;

  /// Most accounts and slots that are rolled back in order to prove something about an older state:
  /// those of the 16 fullest blocks of transfers. It takes some tenths of a second and 100 MB.
  public static final int PROOF_CHANGES_MAX = 1 << 16;

  /// Blocks after which the tables of state are written at the latest. As many may come while they
  /// are: then the next block waits. So opening the store has at most twice as many to make again.
  static final int FLUSH_BLOCKS_MAX = 64;

  /// Memory that changes take with which the tables of state are written, about. As much may come
  /// while they are. Some ten full blocks: more would save little.
  static final long FLUSH_BYTES_MAX = 64L << 20;

  /// Part of the memory for the state that the changes of one writing take at most; two may be
  /// there.
  private static final int FLUSH_PART = 8;

  static final byte[] META_VERSION = meta("version");
  static final byte[] META_GENESIS = meta("genesis");
  static final byte[] META_HEAD = meta("head");
  static final byte[] META_DERIVED = meta("derived-state");

  /// Height of the highest head there ever was, in a network whose blocks may be taken back.
  private static final byte[] META_HIGHEST = meta("highest");

  /// Height of the block after which the state is that the tables of state hold.
  private static final byte[] META_STATE = meta("state");

  private final KeyValues tables;
  private final Hash genesisHash;
  private final long cacheBytes;
  private final Pruning pruning;
  private final EvidenceRows evidence;
  private final long flushBytesMax;
  private final StateFlush flush;

  /// Held by the one thread that rolls the state back: callers cannot take more of the machine.
  private final Object rollingBack = new Object();

  /// Begun anew when blocks are taken back; only the writer reads the field.
  private StateCache cache;

  private volatile Head head;
  private volatile StoredState latest;
  private volatile KeyValues.View view;

  private final KeptSnapshots snapshots;
  private final RecentBlocks recent;

  /// Height of the state that the tables of state are known to hold.
  private long base;

  /// Height of the state up to which they were written last, or are being written.
  private long flushedTo;

  private boolean failed;

  private ChainStore(
      KeyValues tables, Hash genesisHash, Retention retention, long cacheBytes, Executor flushing) {
    this.tables = tables;
    this.genesisHash = genesisHash;
    this.view = tables.view();
    byte[] row = required(view, META_HEAD);
    long height = Keys.number(row, 0);
    long stateHeight = stateHeight(view);
    if (stateHeight < height) {
      rollForward(tables, view, stateHeight, height);
      this.view = tables.view();
    }
    this.base = height;
    this.flushedTo = height;
    this.flush = new StateFlush(flushing);
    this.flushBytesMax = Math.min(FLUSH_BYTES_MAX, cacheBytes / FLUSH_PART);
    this.cacheBytes = cacheBytes - 2 * flushBytesMax;
    this.cache = new StateCache(this.cacheBytes, view, height);
    this.latest = stored(height, Trie.unread(BlockRows.stateRoot(view, height)));
    this.head = head(latest, Hash.of(row, Long.BYTES), Bytes.wrap(required(view, META_DERIVED)));
    this.pruning = Pruning.open(view, retention, height);
    this.evidence = EvidenceRows.open(view, retention, new Height(height));
    this.recent = new RecentBlocks(retention);
    this.snapshots = new KeptSnapshots(tables, genesisHash, height);
  }

  /// Brings the tables of state from the state after block `from` to that after block `to`.
  private static void rollForward(KeyValues tables, KeyValues.View view, long from, long to) {
    Batch batch = new Batch();
    StoredState before = StoredState.ofTables(view, from);
    StateDiff diff = Changes.forward(view, from, to).diff(before, BlockRows.stateRoot(view, to));
    new StateWriter(batch).all(before, diff);
    batch.put(Table.META, META_STATE, Keys.of(to));
    tables.write(batch);
  }

  /// Opens the store in `tables`, which becomes its own to close if the answer is {@link
  /// StoreOpening.Opened}.
  ///
  /// @param cacheBytes memory for the parts of the state used last
  public static StoreOpening open(
      KeyValues tables, Hash genesisHash, Retention retention, long cacheBytes) {
    return open(tables, genesisHash, retention, cacheBytes, StateFlush.OWN_THREAD);
  }

  /// As above, and the tables of state are written by `flushing`.
  static StoreOpening open(
      KeyValues tables, Hash genesisHash, Retention retention, long cacheBytes, Executor flushing) {
    KeyValues.View view = tables.view();
    Optional<byte[]> version = view.get(Table.META, META_VERSION);
    if (version.isEmpty()) {
      return new StoreOpening.Empty();
    }
    long found = Keys.number(version.get(), 0);
    if (found != VERSION) {
      return new StoreOpening.OtherVersion(found, VERSION);
    }
    Hash network = Hash.of(required(view, META_GENESIS));
    if (!network.equals(genesisHash)) {
      return new StoreOpening.OtherNetwork(network, genesisHash);
    }
    return new StoreOpening.Opened(
        new ChainStore(tables, genesisHash, retention, cacheBytes, flushing));
  }

  /// Begins a store in empty `tables`.
  ///
  /// @throws IllegalStateException if they are not empty
  public static ChainStore begin(
      KeyValues tables, GenesisBlock genesis, Retention retention, long cacheBytes) {
    return begin(tables, genesis, retention, cacheBytes, StateFlush.OWN_THREAD);
  }

  /// As above, and the tables of state are written by `flushing`.
  static ChainStore begin(
      KeyValues tables,
      GenesisBlock genesis,
      Retention retention,
      long cacheBytes,
      Executor flushing) {
    if (isIn(tables)) {
      throw new IllegalStateException("there is a chain already");
    }
    tables.kept().forEach(tables::drop); // Of a chain that was here before.
    Hash hash = genesis.block().hash();
    Batch batch = new Batch();
    BlockRows.write(batch, genesis);
    StateDiff diff = genesis.diff();
    Trie own = diff.after().copy(); // Nodes know whether they are stored, in one store.
    new StateWriter(batch)
        .all(
            new MemoryState(),
            new StateDiff(
                diff.before(), own, diff.accounts(), diff.storage(), diff.codes(), List.of()));
    Pruning.begin(batch, retention);
    batch.put(Table.META, META_VERSION, Keys.of(VERSION));
    batch.put(Table.META, META_GENESIS, Keys.of(hash));
    batch.put(Table.META, META_HEAD, Rows.head(0, hash));
    batch.put(Table.META, META_DERIVED, genesis.derivedState().toArray());
    batch.put(Table.META, META_STATE, Keys.of(0));
    tables.write(batch);
    ChainStore store = new ChainStore(tables, hash, retention, cacheBytes, flushing);
    // Known from the start, though it is written.
    store.cache.add(0, diff);
    store.latest = store.stored(0, own);
    store.head = head(store.latest, hash, genesis.derivedState());
    store.cache.beginWriting(store.latest);
    store.cache.isWritten(own, store.view);
    return store;
  }

  /// Writes the rows of a chain that begins after a block which is not the genesis block.
  static void begin(
      Batch batch, Hash genesisHash, SnapshotImport.Start start, Retention retention) {
    long height = start.header().number();
    BlockRows.write(batch, start);
    Pruning.beginAfter(batch, retention, height);
    batch.put(Table.META, META_VERSION, Keys.of(VERSION));
    batch.put(Table.META, META_GENESIS, Keys.of(genesisHash));
    batch.put(Table.META, META_HEAD, Rows.head(height, start.header().hash()));
    batch.put(Table.META, META_DERIVED, start.derivedState().toArray());
    batch.put(Table.META, META_STATE, Keys.of(height));
  }

  /// Whether `tables` hold a chain.
  public static boolean isIn(KeyValues tables) {
    return tables.view().get(Table.META, META_VERSION).isPresent();
  }

  /// Keeps the state at the head for nodes that begin from it, and waits until the tables of state
  /// hold it; of the snapshots before only the last stays. They are there again when the store is
  /// opened again.
  public synchronized void takeSnapshot() {
    requireWhole();
    failed = true; // Until the disk has said that it is not.
    finishFlush(latest.trie());
    if (base != latest.height()) {
      beginFlush(stored(latest.height(), latest.trie()));
      finishFlush(latest.trie());
    }
    snapshots.add(new ChainSnapshot(head.height(), head.derivedState(), view));
    failed = false;
  }

  /// The snapshot of a height, if it is kept.
  public Optional<ChainSnapshot> snapshot(Height height) {
    return snapshots.of(height);
  }

  /// Appends the child of the head. Durable on return, and then it is the head.
  ///
  /// @throws IllegalArgumentException if it is not the child of the head
  /// @throws DiskException if it is not certain to be durable; nothing can be appended any more
  public synchronized void append(FinalBlock block) {
    requireWhole();
    Batch batch = new Batch();
    BlockRows.write(batch, block);
    batch.put(Table.META, META_DERIVED, block.derivedState().toArray());
    EvidenceRows.Kept noted =
        evidence.write(
            batch, view, block.height(), block.extension().timestampMillis(), block.set());
    var last = new RecentBlocks.Recent(block.block(), block.receipts());
    append(batch, last, block.hash(), block.diff(), block.derivedState());
    evidence.advance(noted);
  }

  /// Appends the child of the head in a network without votes, as {@link #append(FinalBlock)} does.
  ///
  /// @throws IllegalArgumentException if it is not the child of the head
  /// @throws DiskException if it is not certain to be durable; nothing can be appended any more
  public synchronized void append(ReversibleBlock block) {
    Batch batch = new Batch();
    BlockRows.write(batch, block);
    long height = block.block().header().number();
    batch.put(Table.META, META_HIGHEST, Keys.of(Math.max(height, highest().number())));
    var last = new RecentBlocks.Recent(block.block(), block.receipts());
    append(batch, last, block.hash(), block.diff(), head.derivedState());
  }

  /// Takes back all blocks above `to` in a network without votes, by what they changed: the state
  /// and everything else is as if they had never been, in one write. Durable on return.
  ///
  /// @throws IllegalArgumentException if `to` is not below the head, or blocks would go that may
  ///   not be taken back
  /// @throws DiskException if it is not certain to be durable; nothing can be appended any more
  public synchronized void rollBack(Height to) {
    requireWhole();
    long from = head.height().number();
    if (!head.height().isAbove(to) || lowestHead().isAbove(to)) {
      throw new IllegalArgumentException(
          "from head %d to %d, lowest %s".formatted(from, to.number(), lowestHead()));
    }
    BlockHeader header =
        header(to).orElseThrow(() -> new DiskException("no header of block " + to));
    Values replaced =
        pruning
            .undone(latest, to.number(), Integer.MAX_VALUE)
            .orElseThrow(() -> new DiskException("no changes of the blocks above " + to));
    failed = true; // Until the disk has said that it is not.
    finishFlush(latest.trie());
    if (base != from) { // The way back begins at the head.
      beginFlush(stored(from, latest.trie()));
      finishFlush(latest.trie());
    }
    StoredState before = StoredState.ofTables(view, from);
    Batch batch = new Batch();
    new StateWriter(batch).all(before, replaced.diff(before, header.stateRoot()));
    for (long height = to.number() + 1; height <= from; height++) {
      BlockRows.takeBack(batch, view, height);
      pruning.takeBack(batch, view, height);
    }
    batch.put(Table.META, META_HEAD, Rows.head(to.number(), header.hash()));
    batch.put(Table.META, META_STATE, Keys.of(to));
    tables.write(batch);
    failed = false;
    view = tables.view();
    recent.clear();
    base = to.number();
    flushedTo = base;
    // States that are held go on with the cache that knows them.
    cache = new StateCache(cacheBytes, view, base);
    pruning.goBack(base);
    latest = stored(base, Trie.unread(header.stateRoot()));
    head = head(latest, header.hash(), head.derivedState());
  }

  /// The highest head that this store ever had.
  public Height highest() {
    return new Height(
        view.get(Table.META, META_HIGHEST)
            .map(row -> Keys.number(row, 0))
            .orElse(head.height().number()));
  }

  /// The lowest head to which {@link #rollBack} leads: it only rises. Protocol §10.4.
  public Height lowestHead() {
    return new Height(Math.max(0, highest().number() - NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX));
  }

  private void requireWhole() {
    if (failed) {
      throw new DiskException("the database failed before, or it was closed");
    }
  }

  private void append(
      Batch batch, RecentBlocks.Recent block, Hash hash, StateDiff diff, Bytes derivedState) {
    requireWhole();
    BlockHeader header = block.block().header();
    if (!header.parentHash().equals(head.hash())
        || header.number() != head.height().number() + 1
        || !diff.rootBefore().equals(head.state().root())) {
      throw new IllegalArgumentException(
          "block %d with parent %s over head %d %s"
              .formatted(
                  header.number(), header.parentHash(), head.height().number(), head.hash()));
    }
    long height = header.number();
    new StateWriter(batch).codes(diff);
    Pruning.Kept kept = pruning.write(batch, view, height, base, diff);
    batch.put(Table.META, META_HEAD, Rows.head(height, hash));
    failed = true; // Until the disk has said that it is not.
    tables.write(batch);
    view = tables.view();
    recent.add(block);
    StateDiff own = ofThisStore(diff);
    cache.add(height, own);
    flush(height, own.after());
    failed = false;
    pruning.advance(kept, height);
    latest = stored(height, own.after());
    head = new Head(new Height(height), hash, header, latest, derivedState);
  }

  /// The same diff with tries that belong to this store: those given, if they were made from the
  /// head's state.
  @SuppressWarnings("ReferenceEquality") // The tries of another store may be equal.
  private StateDiff ofThisStore(StateDiff diff) {
    StoredState before = stored(latest.height(), latest.trie()); // With the new codes.
    if (diff.before() == before.trie()) {
      return diff;
    }
    Values values = new Values();
    values.addAfter(diff);
    return values.diff(before, diff.rootAfter());
  }

  private StoredState stored(long height, Trie trie) {
    return new StoredState(height, trie, view, base, cache);
  }

  /// Has the tables of state written when there is enough to write, and takes over what was
  /// written. The block at `height` was added to the cache and is not the head yet.
  private void flush(long height, Trie trie) {
    boolean isEnough =
        height - flushedTo >= FLUSH_BLOCKS_MAX || cache.notWrittenBytes() >= flushBytesMax;
    if (isEnough || flush.isDone()) {
      finishFlush(trie);
    }
    if (isEnough) {
      beginFlush(stored(height, trie));
    }
  }

  /// Has the tables of state brought to `state`, the newest. It need not be durable: what a crash
  /// takes of it is made again from the changes of the blocks.
  private void beginFlush(StoredState state) {
    StateCache written = cache;
    written.beginWriting(state);
    flushedTo = state.height();
    flush.begin(() ->
        tables.writeLater(
            written.batch(state).put(Table.META, META_STATE, Keys.of(state.height()))));
  }

  /// Waits for the writing of the tables of state, if one is outstanding, and goes on from what
  /// they hold then. A state that was the head before reads without the cache from now on.
  ///
  /// @param trie the newest
  private void finishFlush(Trie trie) {
    if (flush.isOutstanding()) {
      flush.finish();
      view = tables.view();
      cache.isWritten(trie, view);
      base = flushedTo;
    }
  }

  private static Head head(StoredState state, Hash hash, Bytes derivedState) {
    Height height = new Height(state.height());
    BlockHeader header =
        BlockRows.header(state.view(), height)
            .orElseThrow(() -> new DiskException("no header of the head, " + height));
    return new Head(height, hash, header, state, derivedState);
  }

  /// The network.
  public Hash genesisHash() {
    return genesisHash;
  }

  /// The last final block.
  public Head head() {
    return head;
  }

  /// The height of the block with this hash.
  public Optional<Height> height(Hash blockHash) {
    return BlockRows.height(view, blockHash);
  }

  /// The header at `height`.
  public Optional<BlockHeader> header(Height height) {
    return recent.header(height).or(() -> BlockRows.header(view, height));
  }

  /// The block at `height`; empty if it is above the head or was pruned.
  public Optional<Block> block(Height height) {
    return recent.block(height).or(() -> BlockRows.block(view, height));
  }

  /// The senders of the transactions of the block at `height`, in order.
  public Optional<List<Address>> senders(Height height) {
    return BlockRows.senders(view, height);
  }

  /// The receipts of the block at `height`, in order.
  public Optional<List<Receipt>> receipts(Height height) {
    return recent.receipts(height).or(() -> BlockRows.receipts(view, height));
  }

  /// Where the transaction with this hash stands.
  public Optional<TransactionPlace> place(Hash transactionHash) {
    return BlockRows.place(view, transactionHash);
  }

  /// The transaction at `place`.
  public Optional<RecoveredTransaction> transaction(TransactionPlace place) {
    return BlockRows.transaction(view, place);
  }

  /// The receipt of the transaction at `place`.
  public Optional<Receipt> receipt(TransactionPlace place) {
    return BlockRows.receipt(view, place);
  }

  /// The certificate of the block at `height`, as this node has it; the genesis block has none.
  public Optional<CommitCertificate> certificate(Height height) {
    return BlockRows.certificate(view, height);
  }

  /// Who made the block at `height`, in a network without votes; nobody made the genesis block.
  public Optional<Authorship> authorship(Height height) {
    return BlockRows.authorship(view, height);
  }

  /// The consensus extension of the block at `height`; the genesis block has none.
  public Optional<ConsensusExtension> extension(Height height) {
    return BlockRows.extension(view, height);
  }

  /// The block at `height` with all that another node needs to check it.
  public Optional<CertifiedBlock> certified(Height height) {
    return BlockRows.certified(view, height);
  }

  /// The prepare certificates of `height`, if it took more than one round and they were not
  /// forgotten.
  public List<PrepareCertificate> prepared(Height height) {
    return BlockRows.prepared(view, height);
  }

  /// The validators of the epoch of `height`, which were noted with its first block here; empty if
  /// there was none yet, or the epoch is over for so long that none of its stake can be slashed.
  public Optional<ValidatorSet> set(Height height) {
    return evidence.set(view, Epochs.of(height));
  }

  /// The state after the block at `height`; empty if it is above the head or not kept. Nothing can
  /// be proven about it: see {@link #provableState}.
  public Optional<StateView> state(Height height) {
    StoredState now = latest;
    return now.height() == height.number()
        ? Optional.of(now)
        : pruning.past(now, height.number()).map(past -> past);
  }

  /// The state after the block at `height` with its trie; empty if it is above the head, or no more
  /// than {@link #PROOF_CHANGES_MAX} changes of the blocks above are kept. Below the head their
  /// changes are rolled back first, which takes a few microseconds each.
  public Optional<FinalState> provableState(Height height) {
    StoredState now = latest;
    if (now.height() == height.number()) {
      return Optional.of(now);
    }
    synchronized (rollingBack) {
      return pruning
          .undone(now, height.number(), PROOF_CHANGES_MAX)
          .map(before ->
              new LayeredState(now, before.diff(now, BlockRows.stateRoot(view, height.number()))));
    }
  }

  /// The lowest height that {@link #provableState} may have.
  public Height oldestProvable() {
    return new Height(pruning.oldestUndone());
  }

  /// The lowest height whose state can be read.
  public Height oldestState() {
    return new Height(pruning.oldestState());
  }

  /// The lowest height whose transactions and receipts can be read.
  public Height oldestBody() {
    return new Height(pruning.oldestBody());
  }

  /// How much of the past is kept from now on.
  public Retention retention() {
    return pruning.retention();
  }

  /// The height of the state that the tables of state hold.
  static long stateHeight(KeyValues.View view) {
    return Keys.number(required(view, META_STATE), 0);
  }

  static byte[] required(KeyValues.View view, byte[] name) {
    return view.get(Table.META, name)
        .orElseThrow(() ->
            new DiskException(
                "no " + new String(name, StandardCharsets.US_ASCII) + " in the store"));
  }

  static byte[] meta(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /// Closes the store and its tables. States that are still held throw when they are read.
  ///
  /// @throws DiskException if the tables of state could not be written; they are closed all the
  ///   same
  @Override
  public synchronized void close() {
    failed = true;
    recent.clear();
    try {
      flush.finish();
    } finally {
      tables.close();
    }
  }
}
