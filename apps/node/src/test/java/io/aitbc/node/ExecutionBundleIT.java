// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.Effect;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Machines;
import io.aitbc.execution.Predeploys;
import io.aitbc.execution.SystemContracts;
import io.aitbc.mempool.ChainHead;
import io.aitbc.mempool.Mempool;
import io.aitbc.mempool.MempoolLimits;
import io.aitbc.model.Absences;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochReport;
import io.aitbc.model.Fallback;
import io.aitbc.model.Fork;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Role;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.GenesisBlock;
import io.aitbc.storage.Head;
import io.aitbc.storage.Retention;
import io.aitbc.storage.RocksKeyValues;
import io.aitbc.storage.RocksSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutionBundleIT { // Protocol §14.5
  private static final Address ACCOUNT = OneValidator.ACCOUNT;
  private static final VotingPower STAKE = VotingPower.of(Amount.aitbc(20_000));
  private static final Genesis GENESIS = genesis();

  private static ExecutionBundle bundle(Hash parent, Optional<Hash> expected, boolean endsEpoch) {
    EpochReport report =
        new EpochReport(
            7,
            List.of(
                new ValidatorReport(
                    ACCOUNT, ValidatorClass.BOTH, Role.VALIDATOR, STAKE, 10, 9, 3, 40, 1, 900)),
            new Absences(4, 2, List.of(ACCOUNT)),
            NodeValues.hash(9),
            GENESIS.snapshot().parameters(),
            123_456);
    BlockContext context =
        new BlockContext(
            new Height(1),
            parent,
            NodeValues.hash(2),
            NodeValues.hash(3),
            endsEpoch ? Optional.of(NodeValues.certificate(1)) : Optional.empty(),
            NodeValues.block(1).extension(),
            endsEpoch ? Optional.of(report) : Optional.empty());
    return new ExecutionBundle(
        NodeValues.hash(0),
        "it broke",
        expected,
        context,
        endsEpoch ? List.of(NodeValues.transaction(5)) : List.of());
  }

  @Test
  void aBundleIsReadAsItWasWritten(@TempDir Path folder) throws Exception {
    for (boolean endsEpoch : new boolean[] {false, true}) {
      ExecutionBundle written =
          bundle(NodeValues.hash(1), Optional.of(NodeValues.hash(4)), endsEpoch);
      Path file = written.writeTo(folder);
      assertEquals(written, ExecutionBundle.read(file));
      byte[] bytes = Files.readAllBytes(file);
      for (int length = 0; length < bytes.length; length++) {
        Bytes cut = Bytes.of(bytes, 0, length);
        assertThrows(MalformedException.class, () -> ExecutionBundle.decode(cut));
      }
      Path _ = Files.write(file, new byte[] {1, 2});
      assertThrows(ConfigurationException.class, () -> ExecutionBundle.read(file));
    }
  }

  @Test
  void aNodeStopsWithWhatRepeatsACallAtABlocksStartThatFails(@TempDir Path folder)
      throws Exception {
    Genesis broken = withoutWorkingHistory();
    GenesisState genesis = GenesisState.of(broken, Workers.NONE);
    ChainStore store =
        ChainStore.begin(
            RocksKeyValues.open(folder.resolve("chain"), RocksSettings.SMALL),
            new GenesisBlock(genesis.block(), genesis.diff(), Bytes.EMPTY),
            Retention.DEFAULT,
            1 << 20);
    BlockExecutor executor = executor(broken, genesis);
    BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
    LoopThread thread = new LoopThread("execution", ends::add);
    LoopThread loop = new LoopThread("consensus", ends::add);
    BlockContext context = bundle(genesis.hash(), Optional.empty(), false).context();
    try (PoolWorkers workers = new PoolWorkers(1);
        thread;
        loop) {
      NodeChain chain =
          new NodeChain(
              store,
              executor,
              new BlsScheme(),
              new Mempool(
                  MempoolLimits.DEFAULT,
                  broken.execution().transactionRules(),
                  Secp256k1.chosen(),
                  new ChainHead(genesis.inMemory(), Amount.wei(1), 25_000_000, Fork.OSAKA)),
              workers,
              thread,
              loop,
              new NodeMetrics("test", "test", new NetworkKind.Hybrid()),
              OneValidator.DERIVED,
              _ -> {},
              folder,
              List.of());
      thread.start();
      chain.execute(
          new Effect.Execute(context.proposalId(), context, List.of(), List.of()),
          _ -> ends.add(new AssertionError("a vote would follow")));
      Throwable end = Objects.requireNonNull(ends.poll(60, TimeUnit.SECONDS));
      assertTrue(String.valueOf(end.getMessage()).contains("failed-execution-1-"), end::toString);
      ExecutionBundle left;
      try (Stream<Path> files = Files.list(folder)) {
        Path file =
            files.filter(each -> each.toString().endsWith(".rlp")).findFirst().orElseThrow();
        left = ExecutionBundle.read(file);
      }
      assertEquals(context, left.context());
      assertTrue(left.fault().contains("failed"), left::fault);
      ExecutionRepeat.Outcome.Failed again =
          assertInstanceOf(
              ExecutionRepeat.Outcome.Failed.class,
              ExecutionRepeat.on(store.head(), executor, left));
      assertEquals(left.fault(), again.broken().getMessage());
    }
    store.close();
  }

  @Test
  void aResultThatIsNotTheSignedOneDivergesAgain() throws Exception {
    GenesisState genesis = GenesisState.of(GENESIS, Workers.NONE);
    BlockExecutor executor = executor(GENESIS, genesis);
    Head head =
        new Head(
            new Height(0),
            genesis.hash(),
            genesis.block().header(),
            genesis.inMemory(),
            Bytes.EMPTY);
    ExecutionBundle diverging = bundle(genesis.hash(), Optional.of(NodeValues.hash(4)), false);
    ExecutionRepeat.Outcome.Diverged diverged =
        assertInstanceOf(
            ExecutionRepeat.Outcome.Diverged.class, ExecutionRepeat.on(head, executor, diverging));
    assertEquals(NodeValues.hash(4), diverged.signed());
    ExecutionBundle right = bundle(genesis.hash(), Optional.of(diverged.blockHash()), false);
    assertEquals(
        new ExecutionRepeat.Outcome.Succeeded(diverged.blockHash()),
        ExecutionRepeat.on(head, executor, right));
  }

  @Test
  void aBundleIsRepeatedOnTheFolderThatTheNodeLeft(@TempDir Path folder) throws Exception {
    GenesisFile file =
        new GenesisFile(
            GENESIS,
            Map.of(),
            GenesisPreset.HYBRID.rules(GENESIS.execution().chainId()).attestation(),
            GENESIS.snapshot().candidates().stream()
                .map(each ->
                    new GenesisFile.GenesisValidator(
                        each,
                        Optional.of(new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES]))),
                        Optional.empty()))
                .toList());
    Path _ = Files.writeString(folder.resolve("genesis.json"), file.toJson());
    NodeGenesis genesis = NodeGenesis.read(folder.resolve("genesis.json"));
    NodeData.open(
            folder.resolve("data"),
            NodeConfiguration.Storage.DEFAULT,
            genesis.state(),
            genesis.consensus())
        .close();
    NodeConfiguration configuration =
        NodeConfiguration.parse(
            folder.resolve("node.toml"),
            """
            data = "data"
            genesis = "genesis.json"
            network.folder = "network"
            network.listen = "127.0.0.1:1"
            rpc.listen = "127.0.0.1:2"
            """);
    ExecutionRepeat.Outcome.Diverged diverged =
        assertInstanceOf(
            ExecutionRepeat.Outcome.Diverged.class,
            ExecutionRepeat.of(
                configuration, of(genesis, genesis.hash(), NodeValues.hash(4)).writeTo(folder)));
    Path right = of(genesis, genesis.hash(), diverged.blockHash()).writeTo(folder);
    assertEquals(
        new ExecutionRepeat.Outcome.Succeeded(diverged.blockHash()),
        ExecutionRepeat.of(configuration, right));
    Path ofAnotherHead = of(genesis, NodeValues.hash(5), diverged.blockHash()).writeTo(folder);
    String refusal =
        String.valueOf(
            assertThrows(
                    ConfigurationException.class,
                    () -> ExecutionRepeat.of(configuration, ofAnotherHead))
                .getMessage());
    assertTrue(refusal.contains("the folder's head is " + genesis.hash()), refusal);
  }

  private static ExecutionBundle of(NodeGenesis network, Hash parent, Hash signed) {
    ExecutionBundle any = bundle(parent, Optional.of(signed), false);
    return new ExecutionBundle(
        network.hash(), any.fault(), any.expected(), any.context(), any.transactions());
  }

  private static BlockExecutor executor(Genesis genesis, GenesisState state) {
    return new BlockExecutor(
        genesis.execution(),
        SystemContracts.of(genesis),
        new Machines(state.hash(), Secp256k1.chosen(), new BlsScheme()));
  }

  /// A genesis whose contract for the parents' hashes fails when it is called.
  private static Genesis withoutWorkingHistory() {
    List<Genesis.GenesisAccount> accounts =
        GENESIS.accounts().stream()
            .map(each ->
                each.address().equals(Predeploys.HISTORY)
                    ? new Genesis.GenesisAccount(
                        each.address(),
                        each.balance(),
                        each.nonce(),
                        Bytes.of((byte) 0xfe),
                        each.storage())
                    : each)
            .toList();
    return new Genesis(
        GENESIS.execution(),
        GENESIS.snapshot(),
        GENESIS.timestampMillis(),
        GENESIS.baseFeePerGas(),
        accounts);
  }

  static Genesis genesis() {
    return GenesisFile.genesis(
        UInt256.of(7),
        1_700_000_000_000L,
        Amount.wei(1_000),
        GenesisFile.parameters(
            ModePolicy.PINNED,
            Mode.BALANCED,
            Fallback.ON,
            VotingPower.of(Amount.aitbc(10_000)),
            2_000),
        List.of(
            new Candidate(
                ACCOUNT,
                OneValidator.KEY.publicKey(),
                ValidatorClass.BOTH,
                STAKE,
                Candidate.Standing.ACTIVE,
                0,
                OptionalLong.empty())),
        List.of(Genesis.GenesisAccount.of(ACCOUNT, Amount.aitbc(1_000_000))));
  }
}
