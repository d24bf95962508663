// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.client.JsonRpc;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.Node;
import io.aitbc.node.NodeConfiguration;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// docs/operator.md, "From a network of the older platform": its accounts go on here, with the keys
/// that they had.
class GenesisImportIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// The account of the secret 11…11, which the recorded file has with 3,600,000,001
  /// compute-seconds and nonce 7.
  private static final String HOLDER = "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a";

  private static final String RECIPIENT = "0x00000000000000000000000000000000000a17bc";

  @TempDir private Path folder;

  @Test
  void aHolderGoesOnWithItsBalanceNonceAndKey() throws Exception {
    Path password = OwnedFile.create(folder.resolve("password"), "correct horse\n");
    String[] locked = {"--password-file", password.toString()};
    Path wallet = folder.resolve("wallet.json");
    Path secret = OwnedFile.create(folder.resolve("secret"), "0x" + "11".repeat(32) + "\n");
    Typed.run(locked, "wallet", "import", wallet, "--secret-file", secret).expect(0, HOLDER);
    Path home = folder.resolve("home");
    Typed.run(locked, "keys", "create", "--folder", home, "--account", HOLDER).expect(0, HOLDER);
    Path older = folder.resolve("older.json");
    try (InputStream file = GenesisImportIT.class.getResourceAsStream("older-genesis.json")) {
      long _ = Files.copy(requireNonNull(file), older);
    }
    Path genesis = folder.resolve("genesis.json");
    Object[] take = {
      "genesis", "import", older, home.resolve("card.json"), "--out", genesis, "--chain-id", 4711
    };
    // Votes need stake, of which this network has too little.
    Typed.run(take).expect(2, "minTotalStake of 300000000000000 units is more than a twentieth");
    assertFalse(Files.exists(genesis));
    String supply = "1000002.010277777777777778 AITBC";
    String taken = "taken over   4 accounts of ait-mainnet, 3600007237 compute-seconds: ";
    Typed.run(new String[] {"--consensus", "poa"}, take)
        .expect(0, taken + supply)
        .has("rounded up   1 balances")
        .has("left out     1 accounts without balance and nonce")
        .has("of weight 1: has a card; its weight is not taken over")
        .has("ait-hub.example of weight 2: no card has its address")
        .has("supply       " + supply);
    Path again = folder.resolve("again.json");
    take[5] = again;
    JsonNode told =
        Typed.run(new String[] {"--consensus", "poa", "--json"}, take).json().path("takenOver");
    assertEquals(3_600_007_237L, told.path("computeSeconds").asLong());
    assertTrue(told.path("authorities").get(0).path("hasCard").asBoolean());
    take[5] = folder.resolve("votes.json");
    Typed.run(new String[] {"--preset", "dev"}, take)
        .expect(0, taken + supply)
        .has("new money    30000 AITBC beside it, bonds and stakes of the first validators")
        .has("supply       1030002.010277777777777778 AITBC");
    assertEquals(7, JSON.readTree(genesis.toFile()).at("/accounts/" + HOLDER + "/nonce").asInt());

    Typed.run(locked, "keys", "prove", "--folder", home, "--genesis", genesis)
        .expect(0, "holds its key");
    Typed.run("genesis", "prove", genesis, home.resolve("proof.json")).expect(0, HOLDER);
    Path _ = Files.copy(password, home.resolve("password"));
    Path configuration =
        Files.writeString(
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
            listen = "127.0.0.1:0"
            peers = []

            [rpc]
            listen = "127.0.0.1:0"
            rest = true
            """);
    Typed.run("signing-record", "begin", "--config", configuration)
        .expect(0, "the key has never signed");
    try (Node node = Node.start(NodeConfiguration.read(configuration), GenesisWishes.NONE)) {
      String rpc = "http://127.0.0.1:" + node.rpcPort();
      holds(rpc, new BigInteger("1000000000277777777777778"), 7);
      String[] sending = {locked[0], locked[1], "--rpc", rpc};
      Typed.run(sending, "wallet", "send", wallet, "--to", RECIPIENT, "--amount", "1000000")
          .expect(0, "in block");
      Typed.run("wallet", "balance", RECIPIENT, "--rpc", rpc).expect(0, "1000000 AITBC");
      try (JsonRpc client = new JsonRpc(URI.create(rpc), Duration.ofSeconds(5))) {
        assertEquals("0x8", client.call("eth_getTransactionCount", HOLDER, "latest").asText());
      }
    }
  }

  /// By JSON-RPC and, in the older spelling and unit, by the older path.
  private static void holds(String rpc, BigInteger wei, int nonce) throws Exception {
    try (JsonRpc client = new JsonRpc(URI.create(rpc), Duration.ofSeconds(5));
        HttpClient http = HttpClient.newHttpClient()) {
      assertEquals(
          "0x" + wei.toString(16), client.call("eth_getBalance", HOLDER, "latest").asText());
      assertEquals("0x" + nonce, client.call("eth_getTransactionCount", HOLDER, "latest").asText());
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(rpc + "/rpc/account/ait1" + HOLDER.substring(2)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      JsonNode account = JSON.readTree(answer.body());
      assertEquals(3_600_000_001L, account.path("balance").asLong(), answer.body());
      assertEquals(nonce, account.path("nonce").asInt(), answer.body());
    }
  }
}
