// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.Predeploys;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.UInt256;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisFile;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

// docs/operator.md, "From a network of the older platform".
class OlderNetworkTest {
  private static final String FIRST = "ait119e7e376e7c213b7e7e7e46cc70a5dd086daff2a";
  private static final String ONE =
      "{\"address\": \"" + FIRST + "\", \"balance\": 3600, \"nonce\": 1}";

  @TempDir private Path folder;

  @Test
  void itsGenesisFileIsReadWithAddressesBalancesAndNonces() throws Exception {
    OlderNetwork network = OlderNetwork.read(recorded("older-genesis.json"));
    assertEquals("ait-mainnet", network.chainId());
    assertEquals(
        List.of(
            "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a 3600000001 7",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed 36 0",
            "0xd1220a0cf47c7b9be7a2e6ba89f429762e7b9adb 0 3",
            "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359 7200 0"),
        network.holdings().stream()
            .map(each -> each.address() + " " + each.seconds() + " " + each.nonce())
            .toList());
    assertEquals(1, network.empty());
    assertEquals(
        List.of(
            new OlderNetwork.Authority(FIRST, BigInteger.ONE),
            new OlderNetwork.Authority("ait-hub.example", BigInteger.TWO)),
        network.authorities());
    // 3,600,007,237 compute-seconds; only the first balance is no multiple of nine of them.
    assertEquals(BigInteger.valueOf(3_600_007_237L), network.seconds());
    assertEquals(1, network.rounded());
    assertEquals(
        Amount.wei(
            new BigInteger("1000000000277777777777778") // 3,600,000,001 · 10^18 / 3,600, rounded up
                .add(new BigInteger("10000000000000000"))
                .add(new BigInteger("2000000000000000000"))),
        network.supply());
  }

  @Test
  void itsSnapshotIsReadToo() throws Exception {
    OlderNetwork network = OlderNetwork.read(recorded("older-snapshot.json"));
    assertEquals(BigInteger.valueOf(3_600_007_201L), network.seconds());
    assertEquals(8, network.holdings().getFirst().nonce());
    assertEquals(List.of(), network.authorities());
  }

  @Test
  void aGenesisThatHoldsAnythingElseIsRefused() throws Exception {
    OlderNetwork network = OlderNetwork.read(recorded("older-genesis.json"));
    List<Genesis.GenesisAccount> accounts = network.accounts();
    network.requireIn(genesis(accounts));
    List<Genesis.GenesisAccount> less = accounts.subList(1, accounts.size());
    assertRefused(() -> network.requireIn(genesis(less)), "is not what it was");
    List<Genesis.GenesisAccount> more = new ArrayList<>(accounts);
    boolean _ = more.add(Genesis.GenesisAccount.of(Address.ZERO, Amount.wei(1)));
    assertRefused(() -> network.requireIn(genesis(more)), "beside them [" + Address.ZERO);
    List<Genesis.GenesisAccount> others = new ArrayList<>(less);
    boolean _ =
        others.add(
            new Genesis.GenesisAccount(
                accounts.getFirst().address(),
                accounts.getFirst().balance(),
                8,
                Bytes.EMPTY,
                accounts.getFirst().storage()));
    assertRefused(() -> network.requireIn(genesis(others)), "is not what it was");
  }

  @Test
  void whatCannotBeTakenOverIsRefusedWithItsPlace() throws Exception {
    refused(
        "{\"chain_id\": \"a\",\n \"allocations\": [],\n \"contracts\": []}",
        "line 3, column 15: \"contracts\" cannot be taken over");
    refused(list(ONE.replace("}", ", \"code\": \"0x00\"}")), "\"code\" cannot be taken over");
    refused(
        list(ONE + ",\n" + ONE.replace("ait1", "0x")),
        "line 3, column 1: 0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a again,"
            + " after line 2, column 1");
    refused(list(ONE.replace("3600", "-1")), "\"balance\" is negative, -1");
    refused(list(ONE.replace(": 1}", ": -1}")), "line 2, column 87: \"nonce\" is negative, -1");
    refused(list(ONE.replace("3600", "9223372036854775808")), "\"balance\" has more than 63 bits");
    refused(list(ONE.replace("3600", "36.5")), "\"balance\" is not a whole number");
    refused(list(ONE.replace("3600", "1e9")), "\"balance\" is not a whole number");
    refused(list(ONE.replace("3600", "\"3600\"")), "\"balance\" is not a whole number");
    refused(list(ONE.replace(", \"balance\": 3600", "")), "without \"address\" or \"balance\"");
    refused(
        list(ONE.replace(FIRST, "ait1faucet000000000000000000000000000000000")),
        "line 2, column 13: \"ait1faucet000000000000000000000000000000000\" is no address");
    refused(
        list(ONE.replace(FIRST, "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")), "as EIP-55 has");
    refused(
        list(ONE.replace(FIRST, EconomyContract.GOVERNOR.address().toString())),
        "a contract of every genesis has the address");
    refused(
        list(ONE.replace(FIRST, Predeploys.MULTICALL.toString())),
        "a contract of every genesis has the address");
    refused(
        list(ONE.replace("{", "{\"chain_id\": \"b\", ")), "an account of b, and the file is of a");
    refused(list(ONE.replace("3600", "0").replace(": 1}", ": 0}")), "no account has a balance");
  }

  @Test
  void aFileOfAnotherFormIsRefused() throws Exception {
    refused("[]", "the file is not an object");
    refused("{\"chain_id\": \"a\"", "no JSON");
    refused("{\"chain_id\": \"a\"} 1", "something stands behind the object");
    refused("{\"chain_id\": \"a\"}", "lacks \"chain_id\", or a list");
    refused("{\"accounts\": [" + ONE + "]}", "lacks \"chain_id\", or a list");
    refused("{\"chain_id\": 1, \"accounts\": []}", "\"chain_id\" is not a text");
    refused("{\"chain_id\": \"a\", \"accounts\": {}}", "\"accounts\" is not a list");
    refused("{\"chain_id\": \"a\", \"accounts\": [1]}", "an account is not an object");
    refused(
        "{\"chain_id\": \"a\", \"accounts\": [], \"allocations\": []}",
        "\"allocations\" beside \"accounts\"");
    refused(
        "{\"chain_id\": \"a\", \"chain_id\": \"b\", \"accounts\": []}",
        "Duplicate field 'chain_id'");
    refused(
        "{\"chain_id\": \"a\", \"account_count\": 2, \"accounts\": [" + ONE + "]}",
        "says that it has 2 accounts, and has 1");
    refused(
        "{\"chain_id\": \"a\", \"authorities\": [{\"weight\": 1}], \"accounts\": []}",
        "an authority without \"address\"");
  }

  private static String list(String accounts) {
    return "{\"chain_id\": \"a\", \"allocations\": [\n" + accounts + "]}";
  }

  private void refused(String json, String reason) throws IOException {
    Path file = Files.writeString(folder.resolve("older.json"), json);
    assertRefused(() -> OlderNetwork.read(file), reason);
  }

  private static void assertRefused(Executable reading, String reason) {
    String message =
        String.valueOf(assertThrows(ConfigurationException.class, reading).getMessage());
    assertTrue(message.contains(reason), message);
  }

  private Path recorded(String name) throws IOException {
    try (InputStream file = OlderNetworkTest.class.getResourceAsStream(name)) {
      return Files.writeString(
          folder.resolve(name),
          new String(requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static Genesis genesis(List<Genesis.GenesisAccount> accounts) {
    byte[] key = new byte[BlsPublicKey.BYTES];
    return GenesisFile.withoutVotes(
        UInt256.of(7),
        1_000,
        Amount.wei(1_000_000_000),
        new NetworkKind.Poa(NetworkKind.Poa.SLOT_MILLIS_DEFAULT),
        List.of(GenesisFile.proposer(Address.ZERO, new BlsPublicKey(Bytes.of(key)))),
        accounts);
  }
}
