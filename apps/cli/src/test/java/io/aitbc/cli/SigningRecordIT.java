// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Round;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.Node;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.node.NodeEnd;
import io.aitbc.node.StoppedValidator;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SigningAnswer;
import io.aitbc.storage.FolderDisk;
import io.aitbc.storage.LogOpening;
import io.aitbc.storage.WriteAheadLog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
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

  /// Within which a node that is started again has gone through a round and what follows.
  private static final Duration ROUNDS_MAX = Duration.ofMinutes(2);

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

  private static Typed run(Path configuration, String command, String... arguments) {
    return Typed.run(arguments, "signing-record", "--config", configuration, command);
  }

  private static Typed run(String command, String... arguments) {
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
    Typed shown = run("show");
    shown.expect(0, "last commit  COMMIT at height " + head());
    shown.expect(0, "seen         COMMIT at height " + head());
    JsonNode json = run("show", "--json").json();
    assertEquals(head(), json.path("chainHeight").asLong());
    assertEquals("COMMIT", json.path("lastCommit").path("step").asText());
    assertEquals(head(), json.path("lastCommit").path("height").asLong());
    Files.delete(record());
    Typed refused = run("show", "--json");
    refused.expect(1, "there is no record");
    assertTrue(refused.json().path("refused").isTextual());
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

  @Test // Protocol §5.3 rule 4
  void anOperatorsWordIsForTheCommitThatBindsAndTheOpenHeight() throws Exception {
    String block = Keccak256.hash(new byte[] {3}).toString();
    String open = Long.toString(head() + 1);
    run("allow", "--height", open, "--block", block).expect(2, "nothing is to be lifted there");
    run("allow", "--height", Long.toString(head()), "--block", block)
        .expect(2, "the height that is being decided is " + open);
    run("allow", "--height", open, "--block", "0x12").expect(2, "--block is no hash");
    assertArrayEquals(whole, Files.readAllBytes(record()));

    // The signer's side, which knows no chain.
    Path signer = node.configuration().resolveSibling("signer.toml");
    Files.writeString(
        signer,
        """
        genesis = "%s"
        [validator]
        keystore = "validator.json"
        password_file = "password"
        signing_record = "signing-record"
        [signer]
        folder = "."
        listen = "127.0.0.1:1"
        node = "%s"
        """
            .formatted(
                NodeConfiguration.read(node.configuration()).genesis(), Keccak256.hash(whole)));
    JsonNode before = run(signer, "show", "--json").json();
    run(signer, "allow", "--height", Long.toString(head()), "--block", block)
        .expect(0, "the key may commit to " + block + " too");
    JsonNode after = run(signer, "show", "--json").json();
    assertEquals(before.path("lastVote"), after.path("lastVote"));
    assertEquals(before.path("lastCommit").path("round"), after.path("lastCommit").path("round"));
    assertNotEquals(block, before.path("lastCommit").path("block").asText());
    assertEquals(block, after.path("lastCommit").path("block").asText());
  }

  @Test // Protocol §5.3 rule 4
  void aNodeGoesOnAfterAFaultyVersionOnceItsOperatorAllowsTheRightBlock() throws Exception {
    Path other = copyOfTheNode("faulty", List.of("validator.json", "account.json", "password"));
    run(other, "begin").expect(0, "the record begins");
    LogRecord.Lock right = lockOfTheFirstHeight();
    Hash wrong = Keccak256.hash(new byte[] {4});
    commitTo(other, right, wrong);

    // The mended version computes the right block, and the key has committed to the wrong one.
    try (Node running = Node.start(NodeConfiguration.read(other), GenesisWishes.NONE)) {
      assertEquals(NodeEnd.FAULT, assertTimeoutPreemptively(ROUNDS_MAX, running::awaitEnd));
    }
    try (Stream<Path> left = Files.list(other.resolveSibling("data"))) {
      assertTrue(
          left.anyMatch(file -> file.getFileName().toString().startsWith("failed-execution-1-")));
    }
    run(other, "show").expect(0, "its block    " + wrong);

    run(other, "allow", "--height", "1", "--block", right.blockHash().toHex())
        .expect(0, "the key may commit to " + right.blockHash() + " too");
    try (Node _ = Node.start(NodeConfiguration.read(other), GenesisWishes.NONE);
        JsonRpc rpc =
            new JsonRpc(
                URI.create("http://127.0.0.1:" + node.rpc().getPort()), Duration.ofSeconds(10))) {
      ChainClient client = new ChainClient(rpc);
      assertTimeoutPreemptively(
          ROUNDS_MAX,
          () -> {
            while (client.blockNumber() < 1) {
              Thread.sleep(50);
            }
          });
      assertEquals(right.blockHash(), client.blockHash(1));
    }
  }

  private static LogRecord.Lock lockOfTheFirstHeight() throws Exception {
    NodeConfiguration configuration = NodeConfiguration.read(node.configuration());
    Hash network;
    try (StoppedValidator validator = StoppedValidator.open(configuration)) {
      network = usable(validator).signer().record().genesisHash();
    }
    LogOpening.Opened log = log(configuration, network);
    log.log().close();
    return log.records().stream()
        .filter(LogRecord.Lock.class::isInstance)
        .map(LogRecord.Lock.class::cast)
        .filter(lock -> lock.height().equals(new Height(1)))
        .filter(lock -> lock.certificate() instanceof PrepareCertificate)
        .findFirst()
        .orElseThrow();
  }

  /// What a version leaves that computes `wrong` from what is prepared in `right`: the key's
  /// COMMIT, and its lock in the log.
  private static void commitTo(Path file, LogRecord.Lock right, Hash wrong) throws Exception {
    NodeConfiguration configuration = NodeConfiguration.read(file);
    Hash network;
    try (StoppedValidator validator = StoppedValidator.open(configuration)) {
      LocalValidatorSigner signer = usable(validator).signer();
      network = signer.record().genesisHash();
      var commit =
          new Ballot.Commit(
              right.height(),
              right.certificate().round(),
              right.certificate().ballot().mode(),
              right.certificate().proposalId(),
              wrong);
      assertInstanceOf(SigningAnswer.Signed.class, signer.sign(new SigningRequest.Vote(commit)));
    }
    try (WriteAheadLog log = log(configuration, network).log()) {
      log.append(
          new LogRecord.Lock(right.proposal(), right.transactions(), right.certificate(), wrong));
    }
  }

  private static RecordOpening.Ready usable(StoppedValidator validator) {
    return assertInstanceOf(RecordOpening.Ready.class, validator.record());
  }

  private static LogOpening.Opened log(NodeConfiguration configuration, Hash network) {
    return assertInstanceOf(
        LogOpening.Opened.class,
        WriteAheadLog.open(
            FolderDisk.open(configuration.data().resolve("log")), network, new SecureRandom()));
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
