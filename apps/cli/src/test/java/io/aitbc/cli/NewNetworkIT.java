// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.client.JsonRpc;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.Node;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.testkit.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What docs/operator.md says of a network of several machines, with two of them in one process.
class NewNetworkIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Of a keystore of which a guess takes 256 MiB and a second.
  private static final int STRONG = 1 << 18;

  private static final String RECIPIENT = "0x00000000000000000000000000000000000a17bc";

  @TempDir private Path folder;

  @Test
  void twoOperatorsMakeANetworkAndAWalletSendsMoneyOnIt() throws Exception {
    Path password = OwnedFile.create(folder.resolve("password"), "correct horse\n");
    String[] locked = {"--password-file", password.toString()};
    Path wallet = folder.resolve("wallet.json");
    String holder = Typed.run(locked, "wallet", "create", wallet).expect(0, "0x").text().strip();

    Path genesis = folder.resolve("genesis.json");
    List<Path> homes = List.of(folder.resolve("first"), folder.resolve("second"));
    for (Path home : homes) {
      JsonNode card = Typed.run(locked, "keys", "create", "--json", "--folder", home).json();
      JsonNode identity = Typed.run("keys", "identity", "--json", "--folder", home).json();
      assertEquals(card.path("node"), identity.path("node"));
    }
    Typed.run(locked, "keys", "create", "--folder", homes.getFirst())
        .expect(1, "is there already and is not overwritten");
    Typed.run(
            "genesis",
            "create",
            "--out",
            genesis,
            "--chain-id",
            4711,
            "--preset",
            "dev",
            "--money",
            holder + "=1000000.5",
            homes.get(0).resolve("card.json"),
            homes.get(1).resolve("card.json"))
        .expect(0, "not proven");

    for (Path home : homes) {
      Typed.run(locked, "keys", "prove", "--folder", home, "--genesis", genesis)
          .expect(0, "holds its key in network");
    }
    byte[] unproven = Files.readAllBytes(genesis);
    Path forged =
        Files.writeString(
            folder.resolve("forged.json"),
            Files.readString(homes.get(0).resolve("proof.json"))
                .replaceFirst("\"0x[0-9a-f]{40}\"", "\"" + RECIPIENT + "\""));
    Typed.run("genesis", "prove", genesis, forged).expect(1, "does not hold for");
    assertTrue(Arrays.equals(unproven, Files.readAllBytes(genesis)));
    Typed.run(
            "genesis",
            "prove",
            genesis,
            homes.get(0).resolve("proof.json"),
            homes.get(1).resolve("proof.json"))
        .expect(0, "supply");
    JsonNode shown = Typed.run("genesis", "show", "--json", genesis).json();
    assertEquals("4711", shown.path("chainId").asText());
    assertTrue(shown.path("validators").get(0).path("isProven").asBoolean());
    assertTrue(shown.path("validators").get(1).path("isProven").asBoolean());

    List<Integer> ports = FreePorts.several(4);
    List<Path> configurations = new ArrayList<>();
    for (int i = 0; i < homes.size(); i++) {
      Path _ = Files.copy(password, homes.get(i).resolve("password"));
      Path configuration =
          configuration(
              homes.get(i), homes.get(1 - i), ports.get(i), ports.get(1 - i), ports.get(2 + i));
      configurations.add(configuration);
      Typed.run("signing-record", "begin", "--config", configuration)
          .expect(0, "the key has never signed");
    }
    String rpc = "http://127.0.0.1:" + ports.get(2);
    try (ServerSocket _ = new ServerSocket(ports.get(0), 1, InetAddress.getLoopbackAddress())) {
      Typed.run("node", "--config", configurations.get(0)).expect(4, "");
    }
    try (Node first = start(configurations.get(0));
        Node second = start(configurations.get(1))) {
      assertTrue(first.rpcPort() != second.rpcPort());
      Typed.run(
              locked, "wallet", "send", wallet, "--to", RECIPIENT, "--amount", "2.25", "--rpc", rpc)
          .expect(0, "in block");
      Typed.run("wallet", "balance", RECIPIENT, "--rpc", rpc).expect(0, "2.25 AITBC");
      Typed.run(
              locked, "wallet", "send", wallet, "--to", RECIPIENT, "--amount", "9e9", "--rpc", rpc)
          .expect(1, "the node refuses: insufficient funds");
      stakeGoesInMovesAndComesOut(rpc, locked, wallet, holder, homes);
    }
    Typed.run("wallet", "balance", RECIPIENT, "--rpc", rpc).expect(1, "wallet balance:");
    theSameOperatorsMakeANetworkWithoutVotes(password, homes, ports);
  }

  /// Protocol §10.4: one of the two makes the blocks, both have them.
  private void theSameOperatorsMakeANetworkWithoutVotes(
      Path password, List<Path> homes, List<Integer> ports) throws Exception {
    String[] locked = {"--password-file", password.toString()};
    Path genesis = folder.resolve("poa.json");
    List<Path> cards = homes.stream().map(home -> home.resolve("card.json")).toList();
    String maker = JSON.readTree(Files.readAllBytes(cards.getFirst())).path("account").asText();
    Object[] create = {
      "genesis",
      "create",
      "--out",
      genesis,
      "--chain-id",
      4712,
      "--consensus",
      "poa",
      "--max-validators",
      1,
      "--json",
      cards.get(0),
      cards.get(1)
    };
    Typed.run(create).expect(2, "MAX_VALIDATORS is 1, and there are 2 proposers");
    Typed.run(new String[] {"--preset", "dev"}, create).expect(2, "not for poa");
    Typed.run(new String[] {"--proposer", RECIPIENT}, create)
        .expect(2, "none of the cards is of the one proposer, " + RECIPIENT);
    JsonNode made = Typed.run(new String[] {"--proposer", maker}, create).json();
    assertEquals("poa", made.path("consensus").asText());
    assertEquals(List.of(maker), made.path("validators").findValuesAsText("account"));
    Path proof = homes.getFirst().resolve("proof.json");
    Typed.run(locked, "keys", "prove", "--folder", homes.getFirst(), "--genesis", genesis)
        .expect(0, "holds its key in network");
    Typed.run("genesis", "prove", genesis, proof).expect(0, "proposer     " + maker);
    for (Path home : homes) {
      Path file = home.resolve("node.toml");
      String toml =
          Files.readString(file)
              .replace("data = \"data\"", "data = \"data-poa\"")
              .replace("genesis.json", "poa.json")
              .replace("signing-record\"", "signing-record-poa\"");
      int from = toml.indexOf("[validator]");
      boolean makes = home.equals(homes.getFirst());
      Path _ =
          Files.writeString(
              file,
              makes ? toml : toml.substring(0, from) + toml.substring(toml.indexOf("[network]")));
    }
    Typed.run("signing-record", "begin", "--config", homes.getFirst().resolve("node.toml"))
        .expect(0, "the key has never signed");
    try (Node _ = start(homes.get(0).resolve("node.toml"));
        Node _ = start(homes.get(1).resolve("node.toml"));
        JsonRpc follower =
            new JsonRpc(URI.create("http://127.0.0.1:" + ports.get(3)), Duration.ofSeconds(5))) {
      long end = System.nanoTime() + 60_000_000_000L;
      JsonNode block = follower.call("eth_getBlockByNumber", "0x2", false);
      while (!block.isObject() && System.nanoTime() < end) {
        Thread.sleep(50);
        block = follower.call("eth_getBlockByNumber", "0x2", false);
      }
      assertEquals(maker, block.path("miner").asText());
    }
  }

  /// Protocol §16.4, §16.6: the holder of money delegates it, and takes it out again.
  private static void stakeGoesInMovesAndComesOut(
      String rpc, String[] locked, Path wallet, String holder, List<Path> homes) throws Exception {
    List<String> pools = new ArrayList<>();
    for (Path home : homes) {
      Path card = home.resolve("card.json");
      pools.add(JSON.readTree(Files.readAllBytes(card)).path("account").asText());
    }
    String[] all = {locked[0], locked[1], "--rpc", rpc};
    String first = pools.get(0);
    String second = pools.get(1);
    Typed.run(all, "validator", "delegate", wallet, "--to", first, "--amount", "100")
        .expect(0, "in block");
    Typed.run(all, "validator", "undelegate", wallet, "--pool", first, "--amount", "40")
        .expect(0, "lot          1");
    Typed.run(all, "validator", "undelegate", wallet, "--pool", first, "--amount", "61")
        .expect(1, "StakeManager refuses: TooMuch(uint256,uint256)");
    Typed moved =
        Typed.run(
                all,
                "validator",
                "redelegate",
                wallet,
                "--from",
                first,
                "--to",
                second,
                "--all",
                "--json")
            .expect(0, "\"lot\"");
    assertEquals(2, moved.json().path("lot").asInt());
    Typed.run(all, "validator", "undelegate", wallet, "--pool", first, "--all")
        .expect(1, "has no stake in the pool of " + first);
    String[] node = {"--rpc", rpc};
    Typed.run(node, "validator", "lots", holder)
        .expect(0, "lot 1        40 AITBC, left the pool of " + first + ": free when")
        .expect(0, "lot 2        60 AITBC, in the pool of " + second + ", came from " + first);
    JsonNode lots = Typed.run(node, "validator", "lots", holder, "--json").json();
    assertEquals(2, lots.size());
    assertEquals("IN_POOL", lots.get(0).path("state").asText());
    assertEquals(first, lots.get(0).path("source").asText());
    assertEquals("60000000000000000000", lots.get(0).path("amount").asText());
    assertEquals("COUNTED", lots.get(1).path("state").asText());
    Typed.run(all, "validator", "withdraw", wallet, "--lot", "1")
        .expect(1, "lot 1 cannot be withdrawn: free when");
    Typed.run(all, "validator", "withdraw", wallet, "--lot", "9").expect(1, "there is no lot 9");
    Typed.run(all, "validator", "merge", wallet, "--lot", "2")
        .expect(1, "StakeManager refuses: StillCounted(uint64,uint64)");
    Typed.run(all, "validator", "undelegate", wallet, "--lot", "2").expect(0, "lot          2");
    assertEquals(
        List.of(), Typed.run(node, "validator", "lots", first, "--json").json().findValues("lot"));
  }

  /// In tests they are light, but for these.
  @Test
  void theKeystoresThatCommandsMakeAreStrong() throws Exception {
    Path password = OwnedFile.create(folder.resolve("password"), "correct horse\n");
    Path wallet = folder.resolve("wallet.json");
    made("wallet", "create", wallet, "--password-file", password);
    assertEquals(STRONG, JSON.readTree(wallet.toFile()).at("/crypto/kdfparams/n").asInt());
    Path home = folder.resolve("home");
    made("keys", "create", "--folder", home, "--account", RECIPIENT, "--password-file", password);
    Path key = home.resolve("validator.json");
    assertEquals(STRONG, JSON.readTree(key.toFile()).at("/crypto/kdf/params/n").asInt());
  }

  private static void made(Object... arguments) {
    String[] all = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    StringWriter printed = new StringWriter();
    CommandLine line = AitbcCommand.commandLine(all).setOut(new PrintWriter(printed, true));
    assertEquals(0, line.execute(all), printed::toString);
  }

  @Test
  void whatCannotBeIsRefusedWithItsReason() throws Exception {
    Path secret = OwnedFile.create(folder.resolve("secret"), "0x" + "11".repeat(32) + "\n");
    Path password = OwnedFile.create(folder.resolve("password"), "correct horse\n");
    String[] locked = {"--password-file", password.toString()};
    Path wallet = folder.resolve("imported.json");
    Typed.run(locked, "wallet", "import", wallet, "--secret-file", secret)
        .expect(0, "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a");
    Path half = OwnedFile.create(folder.resolve("half"), "11".repeat(31));
    Typed.run(locked, "wallet", "import", folder.resolve("other.json"), "--secret-file", half)
        .expect(1, "64 hexadecimal digits");
    Typed.run("wallet", "create", folder.resolve("other.json")).expect(2, "--password-file");
    Typed.run(locked, "wallet", "send", wallet, "--to", RECIPIENT, "--amount", "1e-19")
        .expect(2, "no amount of AITBC");
    Typed.run("wallet", "balance", "0x12").expect(2, "Address");
    Path no = Files.writeString(folder.resolve("card.json"), "{\"account\":\"0x12\"}");
    Typed.run("genesis", "create", "--out", folder.resolve("genesis.json"), "--chain-id", 1, no)
        .expect(2, "is no card.json");
  }

  /// As docs/operator.md writes it.
  private Path configuration(Path home, Path other, int listen, int otherListen, int rpc)
      throws IOException {
    return Files.writeString(
        home.resolve("node.toml"),
        """
        data = "data"
        genesis = "../genesis.json"

        [validator]
        keystore = "validator.json"
        password_file = "password"
        signing_record = "signing-record"

        [network]
        folder = "."
        listen = "127.0.0.1:%d"
        peers = ["%s@127.0.0.1:%d"]

        [rpc]
        listen = "127.0.0.1:%d"
        """
            .formatted(
                listen,
                JSON.readTree(Files.readAllBytes(other.resolve("card.json"))).path("node").asText(),
                otherListen,
                rpc));
  }

  private static Node start(Path configuration) throws Exception {
    return Node.start(NodeConfiguration.read(configuration), GenesisWishes.NONE);
  }
}
