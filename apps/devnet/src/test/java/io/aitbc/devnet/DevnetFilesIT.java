// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.execution.GenesisState;
import io.aitbc.model.UInt256;
import io.aitbc.node.GenesisFile;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.Password;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevnetFilesIT {
  @TempDir private Path folder;

  private DevnetFiles made(int validators) throws Exception {
    DevnetFiles files = new DevnetFiles(folder.resolve("network"));
    assertFalse(files.exist());
    files.create(validators);
    assertTrue(files.exist());
    return files;
  }

  @Test // Protocol §12.2.
  void aNewNetworkHasAGenesisWhoseValidatorsProveTheirKeys() throws Exception {
    DevnetFiles files = made(3);
    GenesisFile genesis = GenesisFile.read(files.folder().resolve("genesis.json"));
    assertEquals(3, genesis.validators().size());
    assertEquals(
        List.of(),
        genesis.withoutPossession(
            GenesisState.of(genesis.genesis(), Workers.NONE).hash(), new BlsScheme()));
  }

  @Test // Protocol §19.4.
  void aNetworkOfAPresetHasItsRulesAndItsSupply() throws Exception {
    for (GenesisPreset preset : GenesisPreset.values()) {
      DevnetFiles files = new DevnetFiles(folder.resolve(preset.title()));
      files.create(2, preset);
      GenesisFile file = files.genesisFile();
      assertEquals(preset.supply(), file.genesis().supply(), preset.title());
      GenesisRules rules = preset.rules(UInt256.of(DevnetFiles.CHAIN_ID));
      assertEquals(rules.consensus(), file.genesis().snapshot().parameters());
      assertEquals(rules.execution(), file.genesis().execution());
      assertEquals(rules.economy(), file.economy());
    }
  }

  @Test
  void everyNodeKnowsAllOthersAndServesAtAPortOfItsOwn() throws Exception {
    List<DevnetFiles.Node> nodes = made(3).nodes();
    TreeSet<Integer> ports = new TreeSet<>();
    for (DevnetFiles.Node node : nodes) {
      NodeConfiguration configuration = NodeConfiguration.read(node.configuration());
      assertEquals(node.rpc(), configuration.rpc().listen());
      assertEquals(2, configuration.network().peers().size());
      ports.add(configuration.rpc().listen().getPort());
      ports.add(configuration.network().listen().getPort());
    }
    assertEquals(6, ports.size());
  }

  @Test
  void keysPasswordAndRecordAreTheirOwnersAlone() throws Exception {
    Path node = made(1).folder().resolve("node1");
    for (String file :
        List.of("validator.json", "account.json", "password", "signing-record", "identity.pem")) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(node.resolve(file))),
          file);
    }
  }

  @Test // Protocol §2.2, §16.7.
  void everyValidatorsAccountSendsForItAndHasMoneyForThat() throws Exception {
    DevnetFiles files = made(2);
    GenesisFile genesis = files.genesisFile();
    for (int i = 0; i < 2; i++) {
      NodeConfiguration.AccountFile sender =
          NodeConfiguration.read(files.nodes().get(i).configuration())
              .validator()
              .orElseThrow()
              .sender()
              .orElseThrow();
      try (Password password = Password.of(Files.readString(sender.passwordFile()).strip());
          AccountSigner account = AccountKeystore.open(sender.keystore(), password)) {
        assertEquals(genesis.validators().get(i).candidate().account(), account.address());
        assertTrue(
            genesis.genesis().accounts().stream()
                .anyMatch(
                    each -> each.address().equals(account.address()) && !each.balance().isZero()));
      }
    }
  }

  @Test
  void aTakenPortIsReplacedByAFreeOne() throws Exception {
    DevnetFiles files = made(1);
    int before = files.nodes().getFirst().rpc().getPort();
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), before));
      DevnetFiles.Node node = files.nodes().getFirst();
      assertNotEquals(before, node.rpc().getPort());
      assertNotEquals(node.usualRpcPort(), node.rpc().getPort());
      assertEquals(node.rpc(), NodeConfiguration.read(node.configuration()).rpc().listen());
    }
  }

  @Test
  void goingOnKeepsGenesisKeysAndIdentities() throws Exception {
    DevnetFiles files = made(2);
    byte[] genesis = Files.readAllBytes(files.folder().resolve("genesis.json"));
    List<DevnetFiles.Node> first = files.nodes();
    List<NodeConfiguration.StaticPeer> peers =
        NodeConfiguration.read(first.getFirst().configuration()).network().peers();
    List<DevnetFiles.Node> again = new DevnetFiles(folder.resolve("network")).nodes();
    assertEquals(first, again);
    assertEquals(peers, NodeConfiguration.read(again.getFirst().configuration()).network().peers());
    assertEquals(
        -1,
        java.util.Arrays.mismatch(
            genesis, Files.readAllBytes(files.folder().resolve("genesis.json"))));
  }
}
