// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.Peer;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.SystemContracts;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Block;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.Height;
import io.aitbc.model.LegacyTransaction;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SnapshotMessage;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.state.TriePlace;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.KeyValues;
import io.aitbc.storage.MemoryKeyValues;
import io.aitbc.storage.Retention;
import io.aitbc.storage.RocksKeyValues;
import io.aitbc.storage.RocksSettings;
import io.aitbc.storage.SnapshotImport;
import io.aitbc.storage.StoreOpening;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §13.5, §15.5: a node begins from the state before a checkpoint, whatever its peers say.
class SnapshotSyncIT {
  private static final Height HEIGHT = new Height(2);
  private static final int MANY_ACCOUNTS = 3_000;
  private static final Peer FIRST = FakePorts.peer(1);
  private static final Peer SECOND = FakePorts.peer(2);

  /// Answers as a node does.
  private static final UnaryOperator<PeerMessage> HONEST = UnaryOperator.identity();

  /// Names the root of the accounts.
  private static final Bytes ROOT = Bytes.wrap(TriePlace.ofAccounts(Hash.ZERO).path().toArray());

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static OneValidatorChain source;

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static SnapshotServer server;

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static Checkpoint checkpoint;

  @BeforeAll
  static void aChainWithASnapshot() throws Exception {
    source = new OneValidatorChain(manyAccounts(), folder, Retention.DEFAULT);
    source.grow();
    source.grow();
    source.store.takeSnapshot();
    source.grow();
    source.grow(); // The snapshot stays what it was.
    checkpoint =
        new Checkpoint(HEIGHT.next(), source.store.header(HEIGHT.next()).orElseThrow().hash());
    server = new SnapshotServer(source.store, (_, _) -> {}, _ -> {});
  }

  @AfterAll
  static void theEnd() {
    server.close();
    source.close();
  }

  private static Genesis manyAccounts() {
    Genesis small = ExecutionBundleIT.genesis();
    List<Genesis.GenesisAccount> accounts = new ArrayList<>(small.accounts());
    for (int i = 0; i < MANY_ACCOUNTS; i++) {
      accounts.add(
          Genesis.GenesisAccount.of(
              Address.fromHex("0x%040x".formatted((1L << 40) + i)), Amount.wei(1 + i)));
    }
    return new Genesis(
        small.execution(),
        small.snapshot(),
        small.timestampMillis(),
        small.baseFeePerGas(),
        accounts.stream().sorted(Comparator.comparing(Genesis.GenesisAccount::address)).toList());
  }

  /// A sync in the hands of a test: peers answer at once, as `answers` make of the truth; empty for
  /// not at all.
  private static final class Trial implements SnapshotSync.World {
    private record Later(long atMillis, Runnable task) {}

    private final Map<Peer, Function<PeerMessage, Optional<PeerMessage>>> answers =
        new LinkedHashMap<>();
    private final Deque<Runnable> arriving = new ArrayDeque<>();
    private final List<Later> later = new ArrayList<>();
    private final List<Peer> blamed = new ArrayList<>();
    private final Map<Peer, Duration> delays = new LinkedHashMap<>();
    private final Map<Peer, List<PeerMessage>> asked = new LinkedHashMap<>();
    private final SnapshotSync sync;
    private final SnapshotImport tables;
    private long nowMillis = 1_700_000_100_000L;
    private Optional<SnapshotImport.Start> end = Optional.empty();

    Trial(KeyValues target, Checkpoint trusted) {
      tables = SnapshotImport.begin(target, HEIGHT, trusted.blockHash());
      sync = new SnapshotSync(source.genesis.hash(), trusted, new BlsScheme(), tables, this);
    }

    Trial peer(Peer peer, UnaryOperator<PeerMessage> lies) {
      return silent(peer, answer -> Optional.of(lies.apply(answer)));
    }

    Trial silent(Peer peer, Function<PeerMessage, Optional<PeerMessage>> how) {
      answers.put(peer, how);
      sync.connected(peer);
      return this;
    }

    /// Lets everything happen that happens within `duration`.
    @CanIgnoreReturnValue
    Trial within(Duration duration) {
      long until = nowMillis + duration.toMillis();
      while (end.isEmpty()) {
        Optional<Later> next =
            later.stream()
                .filter(each -> each.atMillis <= until)
                .min(Comparator.comparingLong(Later::atMillis));
        if (!arriving.isEmpty()) {
          arriving.pop().run();
        } else if (next.isPresent()) {
          later.remove(next.get());
          nowMillis = Math.max(nowMillis, next.get().atMillis);
          next.get().task.run();
        } else {
          break;
        }
      }
      return this;
    }

    List<PeerMessage> askedOf(Peer peer) {
      return asked.computeIfAbsent(peer, _ -> new ArrayList<>());
    }

    @Override
    public void send(Peer to, PeerMessage message) {
      boolean isFirst = askedOf(to).isEmpty();
      boolean _ = askedOf(to).add(message);
      PeerMessage truth =
          switch (message) {
            case SnapshotMessage.Request request -> server.answer(request);
            case SnapshotMessage.PartsRequest request -> server.answer(request);
            case PeerMessage.BlocksRequest request ->
                new PeerMessage.Blocks(
                    request.request(), source.chain.blocks(request.from(), request.count()));
            default -> throw new AssertionError(message.toString());
          };
      Optional.ofNullable(answers.get(to))
          .flatMap(each -> each.apply(truth))
          .ifPresent(answer -> {
            Runnable arrival = () -> sync.received(to, answer);
            Duration delay = delays.get(to);
            if (delay != null && answer instanceof SnapshotMessage.Parts && !isFirst) {
              after(delay, arrival);
            } else {
              arriving.add(arrival);
            }
          });
    }

    @Override
    public void blame(Peer peer, String reason) {
      blamed.add(peer);
    }

    @Override
    public void after(Duration delay, Runnable task) {
      later.add(new Later(nowMillis + delay.toMillis(), task));
    }

    @Override
    public long nowMillis() {
      return nowMillis;
    }

    @Override
    public void done(SnapshotImport.Start start) {
      end = Optional.of(start);
    }
  }

  private static void hasTheState(KeyValues target, Trial trial) {
    trial.tables.finish(source.genesis.hash(), trial.end.orElseThrow(), Retention.DEFAULT);
    StoreOpening opening =
        ChainStore.open(target, source.genesis.hash(), Retention.DEFAULT, 1 << 20);
    try (ChainStore store = assertInstanceOf(StoreOpening.Opened.class, opening).store()) {
      assertEquals(HEIGHT, store.head().height());
      assertEquals(source.store.header(HEIGHT), store.header(HEIGHT));
      assertEquals(source.store.header(Height.GENESIS), store.header(Height.GENESIS));
      assertEquals(source.store.certificate(HEIGHT), store.certificate(HEIGHT));
      assertEquals(source.store.block(HEIGHT), store.block(HEIGHT));
      assertEquals(source.store.certified(HEIGHT), store.certified(HEIGHT));
      assertEquals(Optional.empty(), store.receipts(HEIGHT));
      for (Genesis.GenesisAccount each : source.genesis.genesis().accounts()) {
        assertEquals(
            source.store.state(HEIGHT).orElseThrow().account(each.address()),
            store.head().state().account(each.address()));
      }
      assertEquals(checkpoint.blockHash(), executedNext(store));
    }
  }

  /// The block after the snapshot, executed on what was fetched: the calls of the system included.
  private static Hash executedNext(ChainStore store) {
    Genesis genesis = source.genesis.genesis();
    return new BlockExecutor(genesis.execution(), SystemContracts.of(genesis), source.machines)
        .execute(
            source.contextAfter(HEIGHT),
            store.head().header(),
            List.of(),
            store.head().state(),
            Workers.NONE)
        .blockHash();
  }

  @Test
  void whatSeveralPeersSendIsTheWholeStateOnDisk(@TempDir Path target) {
    RocksKeyValues tables = RocksKeyValues.open(target.resolve("chain"), RocksSettings.SMALL);
    Trial trial =
        new Trial(tables, checkpoint)
            .peer(FIRST, HONEST)
            .peer(SECOND, HONEST)
            .within(Duration.ZERO);
    assertEquals(List.of(), trial.blamed);
    assertTrue(trial.sync.rows() > MANY_ACCOUNTS);
    hasTheState(tables, trial);
  }

  @Test
  void whoBringsOnePartAtATimeDoesNotHoldWhatOthersCouldBring() {
    MemoryKeyValues tables = new MemoryKeyValues();
    Trial trial = new Trial(tables, checkpoint);
    trial.delays.put(FIRST, SnapshotSync.PATIENCE.minusMillis(100));
    Trial _ =
        trial
            .peer(
                FIRST,
                answer ->
                    answer instanceof SnapshotMessage.Parts(long request, var parts)
                        ? new SnapshotMessage.Parts(request, parts.stream().limit(1).toList())
                        : answer)
            .peer(SECOND, HONEST);
    assertTrue(trial.within(Duration.ofMinutes(1)).end.isPresent());
    assertEquals(List.of(), trial.blamed);
    hasTheState(tables, trial);
  }

  private static SnapshotMessage.Parts none(PeerMessage request) {
    return new SnapshotMessage.Parts(
        request instanceof SnapshotMessage.Parts(long number, var _) ? number : 0, List.of());
  }

  @Test
  void howManyAreSilentOrHaveNothingDelaysNothing() {
    MemoryKeyValues tables = new MemoryKeyValues();
    Trial trial = new Trial(tables, checkpoint);
    List<Peer> useless = new ArrayList<>();
    for (int i = 3; i < 23; i++) {
      boolean isSilent = i % 2 == 0;
      useless.add(FakePorts.peer(i));
      Trial _ =
          trial.silent(
              useless.getLast(), answer -> isSilent ? Optional.empty() : Optional.of(none(answer)));
    }
    trial.within(Duration.ofMinutes(1));
    assertTrue(trial.end.isEmpty());
    int before = useless.stream().mapToInt(each -> trial.askedOf(each).size()).sum();
    trial.delays.put(FIRST, Duration.ofSeconds(1));
    Trial _ = trial.peer(FIRST, HONEST);
    long began = trial.nowMillis;
    assertTrue(trial.within(Duration.ofMinutes(10)).end.isPresent());
    long requests = trial.askedOf(FIRST).stream().filter(SnapshotSyncIT::isForParts).count() - 1;
    assertEquals(Duration.ofSeconds(requests).toMillis(), trial.nowMillis - began);
    assertEquals(List.of(), trial.blamed);
    for (Peer each : useless) {
      for (PeerMessage asked : trial.askedOf(each)) {
        assertTrue(
            asked instanceof SnapshotMessage.PartsRequest(var _, var _, List<Bytes> items)
                && items.equals(List.of(ROOT)),
            asked.toString());
      }
    }
    assertTrue(before >= 3 * useless.size(), "they may have it by now: " + before);
    hasTheState(tables, trial);
  }

  private static boolean isForParts(PeerMessage message) {
    return message instanceof SnapshotMessage.PartsRequest;
  }

  @Test
  void whoSaysThatItHasTheSnapshotAndBringsNothingIsWaitedForOnce() {
    MemoryKeyValues tables = new MemoryKeyValues();
    Trial trial = new Trial(tables, checkpoint);
    int liars = 20;
    for (int i = 0; i < liars; i++) {
      Trial _ =
          trial.silent(
              FakePorts.peer(3 + i),
              answer ->
                  answer instanceof SnapshotMessage.Parts ? Optional.of(answer) : Optional.empty());
    }
    Trial _ = trial.peer(FIRST, HONEST);
    Duration most = SnapshotSync.PATIENCE.multipliedBy(1 + liars / SnapshotSync.BEGINNINGS_MAX);
    assertTrue(trial.within(most).end.isPresent());
    hasTheState(tables, trial);
  }

  @Test
  void whoBringsAllButPartsIsAskedForSomeOnce() {
    MemoryKeyValues tables = new MemoryKeyValues();
    Trial trial = new Trial(tables, checkpoint);
    int liars = 20;
    for (int i = 3; i < 3 + liars; i++) {
      boolean[] saidSo = new boolean[1];
      Trial _ =
          trial.silent(
              FakePorts.peer(i),
              answer -> {
                boolean isBrought = !(answer instanceof SnapshotMessage.Parts) || !saidSo[0];
                saidSo[0] |= answer instanceof SnapshotMessage.Parts;
                return isBrought ? Optional.of(answer) : Optional.empty();
              });
    }
    Trial _ = trial.peer(FIRST, HONEST);
    assertTrue(trial.within(SnapshotSync.PATIENCE.multipliedBy(1 + liars)).end.isPresent());
    assertEquals(List.of(), trial.blamed);
    for (int i = 3; i < 3 + liars; i++) {
      assertTrue(
          trial.askedOf(FakePorts.peer(i)).stream()
                  .filter(SnapshotSyncIT::isForParts)
                  .filter(each -> ((SnapshotMessage.PartsRequest) each).request() > 0)
                  .count()
              <= 1);
    }
    hasTheState(tables, trial);
  }

  private static void liarIsFound(String name, UnaryOperator<PeerMessage> lies) {
    MemoryKeyValues tables = new MemoryKeyValues();
    Trial trial = new Trial(tables, checkpoint).peer(FIRST, lies).peer(SECOND, HONEST);
    assertTrue(trial.within(Duration.ofMinutes(1)).end.isPresent(), name);
    assertEquals(List.of(FIRST), trial.blamed, name);
    hasTheState(tables, trial);
  }

  @Test
  void aPeerThatLiesIsFoundAtItsFirstLieAndTheOthersAreEnough() {
    liarIsFound("a torn range", SnapshotLies.about(SnapshotLies::torn));
    liarIsFound("rows without values", SnapshotLies.about(SnapshotLies::withoutValue));
    liarIsFound("another node", SnapshotLies.about(SnapshotLies::otherNode));
    liarIsFound("another code", SnapshotLies.about(SnapshotLies::otherCode));
    liarIsFound(
        "code everywhere",
        SnapshotLies.about(_ -> new SnapshotMessage.Code(Bytes.of((byte) 0xfe))));
  }

  @Test
  void whatBeginsASnapshotIsHeldAgainstTheCheckpoint() {
    liarIsFound(
        "derived state of the genesis block",
        answer ->
            answer instanceof SnapshotMessage.Beginning(long request, _, var headers)
                ? new SnapshotMessage.Beginning(request, OneValidator.DERIVED.encoded(), headers)
                : answer);
    liarIsFound(
        "headers of other blocks",
        answer ->
            answer instanceof SnapshotMessage.Beginning(long request, Bytes derived, var headers)
                ? new SnapshotMessage.Beginning(request, derived, headers.reversed())
                : answer);
    liarIsFound(
        "other blocks",
        answer ->
            answer instanceof PeerMessage.Blocks(long request, _)
                ? new PeerMessage.Blocks(request, source.chain.blocks(HEIGHT, 1))
                : answer);
    liarIsFound(
        "another transaction in the block of the snapshot",
        answer ->
            answer instanceof PeerMessage.Blocks(long request, var blocks)
                    && blocks.getFirst().height().equals(HEIGHT)
                ? new PeerMessage.Blocks(request, List.of(withTransaction(blocks.getFirst())))
                : answer);
  }

  private static CertifiedBlock withTransaction(CertifiedBlock block) {
    Transaction transaction =
        new LegacyTransaction.Unsigned(
                Optional.empty(),
                0,
                Amount.ZERO,
                21_000,
                Optional.of(Address.ZERO),
                Amount.ZERO,
                Bytes.EMPTY)
            .signedWith(new TransactionSignature(UInt256.of(1), UInt256.of(1), 0));
    return new CertifiedBlock(
        new Block(source.store.header(HEIGHT).orElseThrow(), List.of(transaction)).encode(),
        block.extension(),
        block.parentCertificate(),
        block.carried(),
        block.certificate());
  }

  @Test
  void aPeerThatStopsIsReplacedAndNotBlamed() {
    MemoryKeyValues tables = new MemoryKeyValues();
    Trial trial =
        new Trial(tables, checkpoint).silent(FIRST, new Counted(1)).within(Duration.ofMinutes(1));
    assertTrue(trial.end.isEmpty());
    trial.peer(SECOND, HONEST).within(SnapshotSync.PATIENCE);
    assertEquals(List.of(), trial.blamed);
    hasTheState(tables, trial);
  }

  @Test
  void whatAPeerThatIsGoneWasAskedForIsAskedOfOthers() {
    MemoryKeyValues tables = new MemoryKeyValues();
    Trial trial =
        new Trial(tables, checkpoint).silent(FIRST, new Counted(1)).within(Duration.ofMillis(1));
    assertEquals(2, trial.askedOf(FIRST).stream().filter(SnapshotSyncIT::isForParts).count());
    trial.sync.lost(FIRST);
    trial.peer(SECOND, HONEST).within(Duration.ofMillis(1));
    hasTheState(tables, trial);
  }

  @Test
  void aPeerWithoutTheSnapshotIsAskedAgainLater() {
    MemoryKeyValues tables = new MemoryKeyValues();
    Trial trial = new Trial(tables, checkpoint);
    long ready = trial.nowMillis + SnapshotSync.REST.toMillis();
    trial
        .peer(
            FIRST,
            answer ->
                answer instanceof SnapshotMessage.Beginning beginning && trial.nowMillis < ready
                    ? new SnapshotMessage.Beginning(beginning.request(), Bytes.EMPTY, List.of())
                    : answer)
        .within(SnapshotSync.REST);
    assertEquals(List.of(), trial.blamed);
    hasTheState(tables, trial);

    MemoryKeyValues later = new MemoryKeyValues();
    Trial taken = new Trial(later, checkpoint);
    taken
        .peer(FIRST, answer -> taken.nowMillis < ready ? none(answer) : answer)
        .within(SnapshotSync.REST);
    hasTheState(later, taken);
  }

  @Test // Protocol §10.2.
  void neitherAnotherNorAnOldCheckpointIsReached() {
    Hash other = source.store.header(HEIGHT).orElseThrow().hash();
    Trial trial =
        new Trial(new MemoryKeyValues(), new Checkpoint(HEIGHT.next(), other))
            .peer(FIRST, HONEST)
            .within(Duration.ofMinutes(1));
    assertTrue(trial.end.isEmpty());
    assertEquals(List.of(FIRST), trial.blamed);

    Trial late = new Trial(new MemoryKeyValues(), checkpoint);
    late.nowMillis += Checkpoint.TRUSTING_PERIOD_MILLIS;
    late.peer(FIRST, HONEST).within(Duration.ofMinutes(1));
    assertTrue(late.end.isEmpty());
  }

  /// Answers with parts so many times, and counts those.
  private static final class Counted implements Function<PeerMessage, Optional<PeerMessage>> {
    private final int answersMax;
    private int parts;
    private int answers;

    Counted(int answersMax) {
      this.answersMax = answersMax;
    }

    @Override
    public Optional<PeerMessage> apply(PeerMessage answer) {
      if (answer instanceof SnapshotMessage.Parts(long _, var brought)) {
        if (answers == answersMax) {
          return Optional.empty();
        }
        answers++;
        parts += brought.size();
      }
      return Optional.of(answer);
    }
  }

  @Test
  void aSnapshotThatWasNotFinishedIsNoChainAndGoesOnWithWhatIsThere() {
    MemoryKeyValues tables = new MemoryKeyValues();
    Counted some = new Counted(3);
    Trial first = new Trial(tables, checkpoint).silent(FIRST, some).within(Duration.ZERO);
    assertTrue(first.end.isEmpty());
    assertFalse(ChainStore.isIn(tables));
    Counted rest = new Counted(Integer.MAX_VALUE);
    Trial second = new Trial(tables, checkpoint).silent(FIRST, rest).within(Duration.ofSeconds(1));
    assertEquals(List.of(), second.blamed);
    hasTheState(tables, second);

    Counted whole = new Counted(Integer.MAX_VALUE);
    Trial alone =
        new Trial(new MemoryKeyValues(), checkpoint)
            .silent(FIRST, whole)
            .within(Duration.ofSeconds(1));
    assertTrue(alone.end.isPresent());
    assertTrue(some.parts > 2, "parts of the first attempt: " + some.parts);
    assertEquals(
        whole.parts + 1, some.parts + rest.parts, "whether it is there was asked once more");
  }

  @Test
  void whatAnotherStateHasLeftIsNotGoneOnWith() {
    MemoryKeyValues tables = new MemoryKeyValues();
    Trial first = new Trial(tables, checkpoint).peer(FIRST, HONEST).within(Duration.ZERO);
    assertTrue(first.sync.rows() > 0);
    Hash other = source.store.header(HEIGHT).orElseThrow().hash();
    SnapshotImport next = SnapshotImport.begin(tables, HEIGHT, other);
    assertFalse(next.resumes());
    assertEquals(Optional.empty(), next.part(ROOT));
  }

  @Test
  void snapshotsAreServedAgainWhenTheServerIsBack(@TempDir Path own) throws Exception {
    SnapshotMessage.Request asked = new SnapshotMessage.Request(7, HEIGHT);
    SnapshotMessage.PartsRequest parts = new SnapshotMessage.PartsRequest(8, HEIGHT, List.of(ROOT));
    SnapshotMessage.Beginning beginning;
    SnapshotMessage.Parts root;
    OneValidatorChain chain = new OneValidatorChain(manyAccounts(), own, Retention.DEFAULT);
    try (SnapshotServer before = new SnapshotServer(chain.store, (_, _) -> {}, _ -> {})) {
      chain.grow();
      chain.store.takeSnapshot(); // Gives way to the third.
      chain.grow();
      chain.store.takeSnapshot();
      chain.grow();
      chain.store.takeSnapshot();
      chain.grow();
      beginning = before.answer(asked);
      root = before.answer(parts);
    } finally {
      chain.close();
    }
    assertFalse(beginning.derivedState().isEmpty());
    assertEquals(1, root.parts().size());
    RocksKeyValues tables = RocksKeyValues.open(own.resolve("chain"), RocksSettings.SMALL);
    assertEquals(List.of(2L, 3L), tables.kept());
    StoreOpening opening =
        ChainStore.open(tables, chain.genesis.hash(), Retention.DEFAULT, 1 << 20);
    try (ChainStore store = assertInstanceOf(StoreOpening.Opened.class, opening).store();
        SnapshotServer back = new SnapshotServer(store, (_, _) -> {}, _ -> {})) {
      assertEquals(beginning, back.answer(asked));
      assertEquals(root, back.answer(parts));
      store.takeSnapshot();
      assertEquals(List.of(3L, 4L), tables.kept());
      assertTrue(back.answer(asked).derivedState().isEmpty());
    }
  }
}
