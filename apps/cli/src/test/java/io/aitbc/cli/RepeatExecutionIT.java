// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Predeploys;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Round;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.GenesisBlock;
import io.aitbc.storage.Retention;
import io.aitbc.storage.RocksKeyValues;
import io.aitbc.storage.RocksSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §14.5. What a node leaves is tested in `node`.
class RepeatExecutionIT {
  /// Of the form of the file.
  private static final int VERSION = 3;

  @TempDir private Path folder;

  /// A bundle of an empty block, in the form of its file.
  private static byte[] bundle(Genesis genesis, Hash network, Optional<Hash> signed) {
    RlpWriter writer = new RlpWriter();
    var _ = writer.begin().number(VERSION).hash(network).string(Bytes.EMPTY);
    var _ = writer.list(signed.stream().toList(), RlpWriter::hash);
    var _ = writer.number(1).hash(network).hash(Hash.ZERO).hash(Hash.ZERO);
    var _ = writer.begin().end(); // No certificate of the parent.
    new ConsensusExtension(
            ModeSetting.settled(Mode.BALANCED),
            Fallback.ON,
            Oversight.REQUIRED,
            0,
            genesis.snapshot().candidates().getFirst().account(),
            new Round(0),
            new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            genesis.timestampMillis() + 1_000)
        .writeTo(writer);
    var _ = writer.begin().end(); // No report.
    var _ = writer.begin().end(); // No transactions.
    return writer.end().toBytes().toArray();
  }

  private String run(Path configuration, byte[] bundle, int status) throws Exception {
    Path file = Files.write(folder.resolve("failed-execution-1.rlp"), bundle);
    return Typed.run("repeat-execution", "--config", configuration, file).expect(status, "").text();
  }

  @Test
  void theCommandSaysWhetherAnExecutionDivergesAgain() throws Exception {
    DevnetFiles files = DevnetRun.files(folder);
    files.create(1);
    Path node = files.nodes().getFirst().configuration();
    Genesis genesis = files.genesisFile().genesis();
    Hash network = GenesisState.of(genesis, Workers.NONE).hash();

    String diverges = run(node, bundle(genesis, network, Optional.of(Hash.ZERO)), 0);
    Matcher executed =
        Pattern.compile("it diverges again: executed to (0x[0-9a-f]{64}), signed is 0x0{64}")
            .matcher(diverges);
    assertTrue(executed.find(), diverges);
    Hash given = Hash.fromHex(executed.group(1));
    for (Optional<Hash> signed : List.of(Optional.<Hash>empty(), Optional.of(given))) {
      String succeeds = run(node, bundle(genesis, network, signed), 1);
      assertTrue(succeeds.contains("this time it gives block " + given), succeeds);
    }
    String other = run(node, bundle(genesis, given, Optional.empty()), 2);
    assertTrue(other.contains("is of the network " + given), other);
    String none = run(node, new byte[] {1, 2}, 2);
    assertTrue(none.contains("is no bundle"), none);
  }

  @Test
  void theCommandSaysThatACallAtABlocksStartFailsAgain() throws Exception {
    DevnetFiles files = DevnetRun.files(folder);
    files.create(1);
    Path node = files.nodes().getFirst().configuration();
    Genesis genesis = files.genesisFile().genesis();
    GenesisState network = GenesisState.of(genesis, Workers.NONE);
    Path data = Files.createDirectories(NodeConfiguration.read(node).data());
    ChainStore.begin(
            RocksKeyValues.open(data.resolve("chain"), RocksSettings.SMALL),
            new GenesisBlock(
                network.block(),
                GenesisState.of(withoutWorkingHistory(genesis), Workers.NONE).diff(),
                Bytes.of((byte) 0)),
            Retention.DEFAULT,
            1 << 20)
        .close();
    String fails = run(node, bundle(genesis, network.hash(), Optional.empty()), 0);
    String expected = "it fails again: system contract " + Predeploys.HISTORY + " failed";
    assertTrue(fails.contains(expected), fails);
  }

  /// What a disk might make of a genesis: the contract for the parents' hashes fails when it is
  /// called.
  private static Genesis withoutWorkingHistory(Genesis genesis) {
    List<Genesis.GenesisAccount> accounts = new ArrayList<>(genesis.accounts());
    accounts.replaceAll(each ->
        each.address().equals(Predeploys.HISTORY)
            ? new Genesis.GenesisAccount(
                each.address(), each.balance(), 1, Bytes.of((byte) 0xfe), each.storage())
            : each);
    return new Genesis(
        genesis.execution(),
        genesis.snapshot(),
        genesis.timestampMillis(),
        genesis.baseFeePerGas(),
        accounts);
  }
}
