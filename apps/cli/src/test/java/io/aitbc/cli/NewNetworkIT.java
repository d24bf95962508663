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
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.KeystoreCost;
import io.aitbc.signer.Password;
import io.aitbc.signer.ValidatorKeystore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What docs/operator.md says of a network of several machines, with two of them in one process.
class NewNetworkIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RECIPIENT = "0x00000000000000000000000000000000000a17bc";

  @TempDir private Path folder;

  /// What a command printed, and its exit status.
  private record Outcome(int status, String text) {
    Outcome expect(int expected, String part) {
      assertEquals(expected, status, text);
      assertTrue(text.contains(part), text);
      return this;
    }
  }

  @Test
  void twoOperatorsMakeANetworkAndAWalletSendsMoneyOnIt() throws Exception {
    Path password = owned("password", "correct horse\n");
    String[] locked = {"--password-file", password.toString()};
    Path wallet = folder.resolve("wallet.json");
    String holder = run(locked, "wallet", "create", wallet).expect(0, "0x").text().strip();

    Path genesis = folder.resolve("genesis.json");
    List<Path> homes = List.of(folder.resolve("first"), folder.resolve("second"));
    for (Path home : homes) {
      JsonNode card =
          JSON.readTree(run(locked, "keys", "create", "--json", "--folder", home).text());
      Outcome identity = run(new String[0], "keys", "identity", "--json", "--folder", home);
      assertEquals(card.path("node"), JSON.readTree(identity.text()).path("node"));
    }
    var _ =
        run(locked, "keys", "create", "--folder", homes.getFirst())
            .expect(1, "is there already and is not overwritten");
    relock(wallet, homes);
    var _ =
        run(
                new String[0],
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
      var _ =
          run(locked, "keys", "prove", "--folder", home, "--genesis", genesis)
              .expect(0, "holds its key in network");
    }
    byte[] unproven = Files.readAllBytes(genesis);
    Path forged =
        Files.writeString(
            folder.resolve("forged.json"),
            Files.readString(homes.get(0).resolve("proof.json"))
                .replaceFirst("\"0x[0-9a-f]{40}\"", "\"" + RECIPIENT + "\""));
    var _ = run(new String[0], "genesis", "prove", genesis, forged).expect(1, "does not hold for");
    assertTrue(Arrays.equals(unproven, Files.readAllBytes(genesis)));
    var _ =
        run(
                new String[0],
                "genesis",
                "prove",
                genesis,
                homes.get(0).resolve("proof.json"),
                homes.get(1).resolve("proof.json"))
            .expect(0, "supply");
    JsonNode shown = JSON.readTree(run(new String[0], "genesis", "show", "--json", genesis).text());
    assertEquals("4711", shown.path("chainId").asText());
    assertTrue(shown.path("validators").get(0).path("isProven").asBoolean());
    assertTrue(shown.path("validators").get(1).path("isProven").asBoolean());

    List<Integer> ports = freePorts(4);
    List<Path> configurations = new ArrayList<>();
    for (int i = 0; i < homes.size(); i++) {
      Path _ = Files.copy(password, homes.get(i).resolve("password"));
      Path configuration =
          configuration(
              homes.get(i), homes.get(1 - i), ports.get(i), ports.get(1 - i), ports.get(2 + i));
      configurations.add(configuration);
      var _ =
          run(new String[0], "signing-record", "begin", "--config", configuration)
              .expect(0, "the key has never signed");
    }
    String rpc = "http://127.0.0.1:" + ports.get(2);
    try (ServerSocket _ = new ServerSocket(ports.get(0), 1, InetAddress.getLoopbackAddress())) {
      var _ = run(new String[0], "node", "--config", configurations.get(0)).expect(4, "");
    }
    try (Node first = start(configurations.get(0));
        Node second = start(configurations.get(1))) {
      assertTrue(first.rpcPort() != second.rpcPort());
      var _ =
          run(locked, "wallet", "send", wallet, "--to", RECIPIENT, "--amount", "2.25", "--rpc", rpc)
              .expect(0, "in block");
      var _ =
          run(new String[0], "wallet", "balance", RECIPIENT, "--rpc", rpc).expect(0, "2.25 AITBC");
      var _ =
          run(locked, "wallet", "send", wallet, "--to", RECIPIENT, "--amount", "9e9", "--rpc", rpc)
              .expect(1, "the node refuses: insufficient funds");
      stakeGoesInMovesAndComesOut(rpc, locked, wallet, holder, homes);
    }
    var _ =
        run(new String[0], "wallet", "balance", RECIPIENT, "--rpc", rpc)
            .expect(1, "wallet balance:");
    theSameOperatorsMakeANetworkWithoutVotes(password, homes, ports);
  }

  /// Puts the same keys behind less computing: what follows opens them two dozen times.
  private static void relock(Path wallet, List<Path> homes) throws Exception {
    SecureRandom random = new SecureRandom();
    try (Password password = Password.of("correct horse");
        AccountSigner holder = AccountKeystore.open(wallet, password)) {
      Files.delete(wallet);
      AccountKeystore.create(wallet, holder, password, KeystoreCost.LIGHT, random);
      for (Path home : homes) {
        Path file = home.resolve("validator.json");
        try (BlsValidatorKey key = ValidatorKeystore.open(file, password)) {
          Files.delete(file);
          ValidatorKeystore.create(file, key, password, KeystoreCost.LIGHT, random);
        }
      }
    }
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
    var _ = run(new String[0], create).expect(2, "MAX_VALIDATORS is 1, and there are 2 proposers");
    var _ = run(new String[] {"--preset", "dev"}, create).expect(2, "not for poa");
    var _ =
        run(new String[] {"--proposer", RECIPIENT}, create)
            .expect(2, "none of the cards is of the one proposer, " + RECIPIENT);
    JsonNode made = JSON.readTree(run(new String[] {"--proposer", maker}, create).text());
    assertEquals("poa", made.path("consensus").asText());
    assertEquals(List.of(maker), made.path("validators").findValuesAsText("account"));
    Path proof = homes.getFirst().resolve("proof.json");
    var _ =
        run(locked, "keys", "prove", "--folder", homes.getFirst(), "--genesis", genesis)
            .expect(0, "holds its key in network");
    var _ =
        run(new String[0], "genesis", "prove", genesis, proof).expect(0, "proposer     " + maker);
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
    var _ =
        run(
                new String[0],
                "signing-record",
                "begin",
                "--config",
                homes.getFirst().resolve("node.toml"))
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
    var _ =
        run(all, "validator", "delegate", wallet, "--to", first, "--amount", "100")
            .expect(0, "in block");
    var _ =
        run(all, "validator", "undelegate", wallet, "--pool", first, "--amount", "40")
            .expect(0, "lot          1");
    var _ =
        run(all, "validator", "undelegate", wallet, "--pool", first, "--amount", "61")
            .expect(1, "StakeManager refuses: TooMuch(uint256,uint256)");
    Outcome moved =
        run(
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
    assertEquals(2, JSON.readTree(moved.text()).path("lot").asInt());
    var _ =
        run(all, "validator", "undelegate", wallet, "--pool", first, "--all")
            .expect(1, "has no stake in the pool of " + first);
    String[] node = {"--rpc", rpc};
    var _ =
        run(node, "validator", "lots", holder)
            .expect(0, "lot 1        40 AITBC, left the pool of " + first + ": free when")
            .expect(0, "lot 2        60 AITBC, in the pool of " + second + ", came from " + first);
    JsonNode lots = JSON.readTree(run(node, "validator", "lots", holder, "--json").text());
    assertEquals(2, lots.size());
    assertEquals("IN_POOL", lots.get(0).path("state").asText());
    assertEquals(first, lots.get(0).path("source").asText());
    assertEquals("60000000000000000000", lots.get(0).path("amount").asText());
    assertEquals("COUNTED", lots.get(1).path("state").asText());
    var _ =
        run(all, "validator", "withdraw", wallet, "--lot", "1")
            .expect(1, "lot 1 cannot be withdrawn: free when");
    var _ = run(all, "validator", "withdraw", wallet, "--lot", "9").expect(1, "there is no lot 9");
    var _ =
        run(all, "validator", "merge", wallet, "--lot", "2")
            .expect(1, "StakeManager refuses: StillCounted(uint64,uint64)");
    var _ = run(all, "validator", "undelegate", wallet, "--lot", "2").expect(0, "lot          2");
    assertEquals(
        List.of(),
        JSON.readTree(run(node, "validator", "lots", first, "--json").text()).findValues("lot"));
  }

  @Test
  void whatCannotBeIsRefusedWithItsReason() throws Exception {
    Path secret = owned("secret", "0x" + "11".repeat(32) + "\n");
    Path password = owned("password", "correct horse\n");
    String[] locked = {"--password-file", password.toString()};
    Path wallet = folder.resolve("imported.json");
    var _ =
        run(locked, "wallet", "import", wallet, "--secret-file", secret)
            .expect(0, "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a");
    Path half = owned("half", "11".repeat(31));
    var _ =
        run(locked, "wallet", "import", folder.resolve("other.json"), "--secret-file", half)
            .expect(1, "64 hexadecimal digits");
    var _ =
        run(new String[0], "wallet", "create", folder.resolve("other.json"))
            .expect(2, "--password-file");
    var _ =
        run(locked, "wallet", "send", wallet, "--to", RECIPIENT, "--amount", "1e-19")
            .expect(2, "no amount of AITBC");
    var _ = run(new String[0], "wallet", "balance", "0x12").expect(2, "Address");
    Path no = Files.writeString(folder.resolve("card.json"), "{\"account\":\"0x12\"}");
    var _ =
        run(
                new String[0],
                "genesis",
                "create",
                "--out",
                folder.resolve("genesis.json"),
                "--chain-id",
                1,
                no)
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

  private Path owned(String name, String text) throws IOException {
    Path file =
        Files.createFile(
            folder.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private static Outcome run(String[] more, Object... arguments) {
    StringWriter printed = new StringWriter();
    List<String> all = new ArrayList<>();
    for (Object each : arguments) {
      all.add(each.toString());
    }
    all.addAll(List.of(more));
    int status =
        AitbcCommand.commandLine()
            .setOut(new PrintWriter(printed, true))
            .setErr(new PrintWriter(printed, true))
            .execute(all.toArray(String[]::new));
    return new Outcome(status, printed.toString());
  }
}
