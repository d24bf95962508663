// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.Keccak256;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.Node;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.node.StoppedValidator;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SigningAnswer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §8.3.1, §8.4: what an operator decides about the record of a validator that has voted.
class SigningRecordIT {
  private static final long FINAL_MILLIS_MAX = 30_000;

  /// A node that may sign votes for an empty block of this network in half of this time.
  private static final long SILENT_MILLIS = 5_000;

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private static DevnetFiles.Node node;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private static byte[] fresh;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private static byte[] whole;

  private static int whileItRuns;

  /// What a command printed, and its exit status.
  private record Outcome(int status, String text) {
    void expect(int expected, String part) {
      assertEquals(expected, status, text);
      assertTrue(text.contains(part), text);
    }
  }

  @BeforeAll
  static void aValidatorThatIsItsWholeNetworkHasVoted() throws Exception {
    DevnetFiles files = DevnetRun.files(folder);
    files.create(1);
    node = files.nodes().getFirst();
    fresh = Files.readAllBytes(record());
    URI endpoint = URI.create("http://127.0.0.1:" + node.rpc().getPort());
    try (Node running =
            Node.start(NodeConfiguration.read(node.configuration()), GenesisWishes.NONE);
        JsonRpc rpc = new JsonRpc(endpoint, Duration.ofSeconds(10));
        var account = DevnetFiles.developmentAccount()) {
      ChainClient client = new ChainClient(rpc);
      var transfer =
          ChainClient.transfer(
              account,
              client.chainId(),
              0,
              account.address(),
              Amount.aitbc(1),
              client.gasPrice().times(2));
      var _ = client.awaitReceipt(client.send(transfer), FINAL_MILLIS_MAX);
      whileItRuns = run(node.configuration(), "show").status();
      assertTrue(running.rpcPort() > 0);
    }
    for (int starts = 0; !stoppedBetweenTwoHeights(); starts++) {
      assertTrue(starts < 10, "the node stops within a height again and again");
      long head = head();
      try (Node _ = Node.start(NodeConfiguration.read(node.configuration()), GenesisWishes.NONE);
          JsonRpc rpc = new JsonRpc(endpoint, Duration.ofSeconds(10))) {
        ChainClient client = new ChainClient(rpc);
        while (client.blockNumber() == head) {
          Thread.sleep(20);
        }
      }
    }
    whole = Files.readAllBytes(record());
  }

  /// Empty blocks go on until the node is closed, which may be in the midst of a height.
  private static boolean stoppedBetweenTwoHeights() throws Exception {
    return run("show").text().contains("last vote    COMMIT at height " + head() + ",");
  }

  @BeforeEach
  void theRecordIsWhatTheNodeLeft() throws IOException {
    Files.deleteIfExists(record());
    Path _ = Files.createFile(record(), OWNER_ALONE);
    Files.write(record(), whole);
  }

  private static Path record() {
    return node.configuration().resolveSibling("signing-record");
  }

  private static Outcome run(Path configuration, String command, String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter printer = new PrintWriter(text, true);
    int status =
        AitbcCommand.commandLine()
            .setOut(printer)
            .setErr(printer)
            .execute(
                Stream.concat(
                        Stream.of("signing-record", "--config", configuration.toString(), command),
                        Stream.of(arguments))
                    .toArray(String[]::new));
    return new Outcome(status, text.toString());
  }

  private static Outcome run(String command, String... arguments) {
    return run(node.configuration(), command, arguments);
  }

  private static long head() throws Exception {
    try (StoppedValidator validator =
        StoppedValidator.open(NodeConfiguration.read(node.configuration()))) {
      return validator.head().orElseThrow().number();
    }
  }

  @Test
  void aRunningNodeIsLeftAlone() {
    assertEquals(2, whileItRuns);
  }

  @Test // Protocol §8.3
  void theRecordKnowsTheLastVoteInTheChain() throws Exception {
    Outcome shown = run("show");
    shown.expect(0, "last commit  COMMIT at height " + head());
    shown.expect(0, "seen         COMMIT at height " + head());
    JsonNode json = new ObjectMapper().readTree(run("show", "--json").text());
    assertEquals(head(), json.path("chainHeight").asLong());
    assertEquals("COMMIT", json.path("lastCommit").path("step").asText());
    assertEquals(head(), json.path("lastCommit").path("height").asLong());
    Files.delete(record());
    Outcome refused = run("show", "--json");
    refused.expect(1, "there is no record");
    assertTrue(new ObjectMapper().readTree(refused.text()).path("refused").isTextual());
  }

  @Test // Protocol §8.3.1
  void anOldCopyOfTheRecordSignsNothing() throws Exception {
    Files.write(record(), fresh);
    run("show").expect(1, "the record is lost: it ends with nothing, and the key signed COMMIT");
    NodeConfiguration configuration = NodeConfiguration.read(node.configuration());
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class, () -> Node.start(configuration, GenesisWishes.NONE));
    assertTrue(String.valueOf(refused.getMessage()).contains("the record is lost"));
  }

  @Test // Protocol §8.4
  void afterALossTheKeyGoesOnAboveAllThatWasSeen() throws Exception {
    Files.write(record(), fresh);
    run("after-loss", "--first", "1").expect(1, "the record is lost");
    long first = head() + 3;
    run("after-loss", "--first", Long.toString(first)).expect(0, "first        " + first);
    run("show").expect(0, "first        " + first);
  }

  @Test // Protocol §8.3.1
  void noRecordAtAllIsNoRecordOfAKeyThatNeverSigned() throws Exception {
    Files.delete(record());
    run("show").expect(1, "there is no record");
    run("begin").expect(1, "the record is lost");
  }

  @Test // Protocol §8.3.1
  void aRecordBeginsOnce() {
    run("begin").expect(1, "there is a record already");
  }

  @Test // Protocol §8.3.2: the lock of a COMMIT that may still bind is in the log.
  void aCommitWhoseLockTheLogLacksIsALoss() throws Exception {
    try (StoppedValidator validator =
        StoppedValidator.open(NodeConfiguration.read(node.configuration()))) {
      var ready = assertInstanceOf(RecordOpening.Ready.class, validator.record());
      var commit =
          new Ballot.Commit(
              validator.head().orElseThrow().next(),
              Round.ZERO,
              Mode.BALANCED,
              Keccak256.hash(new byte[] {1}),
              Keccak256.hash(new byte[] {2}));
      assertInstanceOf(
          SigningAnswer.Signed.class, ready.signer().sign(new SigningRequest.Vote(commit)));
    }
    run("show").expect(1, "lacks the lock of the COMMIT at height " + (head() + 1));
    run("after-loss", "--first", "1").expect(0, "first        " + (head() + 2));
  }

  @Test // Protocol §8.3.1
  void aHistoryIsImportedWhereTheKeySignsNext() throws Exception {
    Path history = folder.resolve("history.json");
    run("export", history.toString()).expect(0, "do not start this node again");
    run("export", history.toString()).expect(1, "is there already and is not overwritten");

    Path other = copyOfTheNode("imported", List.of("validator.json", "password"));
    run(other, "show").expect(1, "there is no record");
    // The lock of the last COMMIT is not in a history, and the chain there is empty.
    run(other, "import", history.toString()).expect(0, "first        " + (head() + 1));
    run(other, "show").expect(0, "the record is whole");
  }

  @Test // Protocol §8.3.1
  void aRecordThatWasMovedWaitsForTheOperatorsWord() throws Exception {
    Path other =
        copyOfTheNode(
            "moved", List.of("validator.json", "account.json", "password", "signing-record"));
    copy(node.configuration().resolveSibling("data"), other.resolveSibling("data"));
    run(other, "show").expect(1, "the record was written at another place");
    run(other, "moved").expect(0, "the record is this place's from now on");
    run(other, "show").expect(0, "last commit  COMMIT at height " + head());

    // Where it signed before, a twin may still sign: nothing is signed for a while.
    byte[] moved = Files.readAllBytes(other.resolveSibling("signing-record"));
    try (Node _ = Node.start(NodeConfiguration.read(other), GenesisWishes.NONE)) {
      Thread.sleep(SILENT_MILLIS);
    }
    assertArrayEquals(moved, Files.readAllBytes(other.resolveSibling("signing-record")));
  }

  @Test
  void refusalsNameTheFileAndWhatToDo() throws Exception {
    Path other = copyOfTheNode("wrong", List.of("validator.json", "password"));
    Files.writeString(other.resolveSibling("password"), "something else\n");
    run(other, "show").expect(2, "validator.json: the password is wrong");
    Files.writeString(other.resolveSibling("validator.json"), "{\"crypto\": {");
    run(other, "show").expect(2, "validator.json: no JSON, or cut off, at line 1");
    Files.setPosixFilePermissions(
        other.resolveSibling("validator.json"), PosixFilePermissions.fromString("rw-r--r--"));
    run(other, "show").expect(2, "only its owner may touch it: chmod 600");
  }

  /// A folder for another node of the same key and network, with some of its files.
  private static Path copyOfTheNode(String name, List<String> files) throws IOException {
    Path other = Files.createDirectories(folder.resolve("network").resolve(name));
    for (String file : files) {
      Path _ =
          Files.copy(
              node.configuration().resolveSibling(file),
              other.resolve(file),
              StandardCopyOption.COPY_ATTRIBUTES);
    }
    String toml =
        Files.readString(node.configuration())
            .replace(node.configuration().getParent() + "/", other + "/");
    return Files.writeString(other.resolve("node.toml"), toml);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.toList()) {
        Path _ = Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }
}
