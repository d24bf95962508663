// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.Reach;
import io.aitbc.consensus.Checkpoint;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.JuryCall;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.model.Height;
import io.aitbc.node.work.AttesterChoice;
import io.aitbc.node.work.EngineChoice;
import io.aitbc.node.work.Engines;
import io.aitbc.storage.Retention;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigurationTest {
  private static final String GOOD =
      """
      data = "data"
      genesis = "../genesis.json"

      [validator]
      keystore = "validator.json"
      password_file = "password"
      signing_record = "signing-record"

      [network]
      folder = "."
      listen = "127.0.0.1:30301"
      peers = ["%s@127.0.0.1:30302"]

      [rpc]
      listen = "127.0.0.1:8545"
      """
          .formatted("ab".repeat(32));

  @TempDir private Path folder;

  private NodeConfiguration read(String text) throws IOException, ConfigurationException {
    return NodeConfiguration.read(Files.writeString(folder.resolve("node.toml"), text));
  }

  private String refusal(String text) {
    return String.valueOf(
        assertThrows(ConfigurationException.class, () -> read(text)).getMessage());
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    NodeConfiguration configuration = read(GOOD);
    assertEquals(folder.resolve("data"), configuration.data());
    assertEquals(configuration, read(configuration.toToml()));
  }

  @Test
  void aValidatorsAccountAndItsKeyAreWrittenAndReadBack() throws Exception {
    String account = "0x" + "12".repeat(20);
    NodeConfiguration configuration =
        read(
            GOOD.replace(
                "[network]",
                "account = \"%s\"\naccount_keystore = \"a\"\naccount_password_file = \"b\"\n[network]"
                    .formatted(account)));
    NodeConfiguration.Validator key = configuration.validator().orElseThrow();
    assertEquals(account, key.account().orElseThrow().toString());
    assertEquals(folder.resolve("a"), key.sender().orElseThrow().keystore());
    assertEquals(configuration, read(configuration.toToml()));
    String without = refusal(GOOD.replace("[network]", "account_keystore = \"a\"\n[network]"));
    assertTrue(without.contains("validator.account_password_file is missing"), without);
    String wrong = refusal(GOOD.replace("[network]", "account = \"0x12\"\n[network]"));
    assertTrue(wrong.contains("validator.account must be an address"), wrong);
  }

  @Test
  void anUnknownKeyIsRefusedWithItsLineAndTheAllowedKeys() {
    String message = refusal(GOOD + "listne = \"x\"\n");
    assertTrue(message.contains("line 16") && message.contains("rpc.listne"), message);
    assertTrue(message.contains("rpc.listen"), message);
  }

  @Test
  void aMissingKeyIsNamed() {
    String message = refusal(GOOD.replace("genesis = \"../genesis.json\"\n", ""));
    assertTrue(message.contains("genesis is missing"), message);
  }

  @Test
  void aPortOutOfRangeIsRefusedWithItsLine() {
    String message = refusal(GOOD.replace(":8545", ":85450"));
    assertTrue(message.contains("line 15") && message.contains("0 to 65535"), message);
  }

  @Test
  void aPeerWithoutAnIdIsRefused() {
    String message = refusal(GOOD.replace("ab".repeat(32) + "@", ""));
    assertTrue(message.contains("ID@HOST:PORT"), message);
  }

  @Test
  void textThatIsNoTomlIsRefusedWithItsLine() {
    String message = refusal(GOOD + "= 3\n");
    assertTrue(message.contains("line 16"), message);
  }

  @Test // Protocol §10.2.
  void aCheckpointIsAHeightAndAHash() throws Exception {
    String hash = "0x" + "cd".repeat(32);
    NodeConfiguration trusts = read(GOOD + "[trust]\ncheckpoints = [\"100000:" + hash + "\"]\n");
    assertEquals(
        List.of(new Checkpoint(new Height(100_000), Hash.fromHex(hash))), trusts.checkpoints());
    assertEquals(trusts, read(trusts.toToml()));
    String message = refusal(GOOD + "[trust]\ncheckpoints = [\"" + hash + "\"]\n");
    assertTrue(message.contains("line 17") && message.contains("HEIGHT:HASH"), message);
  }

  @Test // Protocol §10.4.
  void whatANodeDoesAtASplitIsOneOfTwoWords() throws Exception {
    assertEquals(NodeConfiguration.OnSplit.STOP, read(GOOD).onSplit());
    NodeConfiguration keeps = read(GOOD + "[poa]\non_split = \"keep\"\n");
    assertEquals(NodeConfiguration.OnSplit.KEEP, keeps.onSplit());
    assertEquals(keeps, read(keeps.toToml()));
    String message = refusal(GOOD + "[poa]\non_split = \"ask\"\n");
    assertTrue(message.contains("line 17") && message.contains("\"stop\" or \"keep\""), message);
  }

  @Test // Protocol §13.5.
  void whereANodeBeginsAndItsSnapshotsAreWrittenAndReadBack() throws Exception {
    assertEquals(NodeConfiguration.Sync.DEFAULT, read(GOOD).sync());
    NodeConfiguration begins =
        read(GOOD + "[sync]\nbegin = \"snapshot\"\nsnapshot_blocks = 300000\n");
    assertEquals(
        new NodeConfiguration.Sync(NodeConfiguration.Begin.SNAPSHOT, 300_000), begins.sync());
    assertEquals(begins, read(begins.toToml()));
    String word = refusal(GOOD + "[sync]\nbegin = \"now\"\n");
    assertTrue(word.contains("line 17") && word.contains("\"genesis\" or \"snapshot\""), word);
    String many = refusal(GOOD + "[sync]\nsnapshot_blocks = 300001\n");
    assertTrue(many.contains("line 17") && many.contains("from 0 to 300000"), many);
  }

  @Test // Protocol §13.4.1.
  void howMuchOfThePastIsKeptIsWrittenAndReadBack() throws Exception {
    assertEquals(Retention.DEFAULT, read(GOOD).storage().retention());
    for (String text : List.of("archive", "pruned:0:1", "pruned:1024:5000")) {
      NodeConfiguration keeps =
          read(GOOD + "[storage]\nretention = \"" + text + "\"\nkey_file = \"k\"\n");
      assertEquals(Optional.of(folder.resolve("k")), keeps.storage().keyFile());
      assertEquals(text, Retention.text(keeps.storage().retention()));
      assertEquals(keeps, read(keeps.toToml()));
    }
    for (String wrong : List.of("all", "pruned:1025:5000", "pruned:20:10", "pruned:0:0")) {
      String message = refusal(GOOD + "[storage]\nretention = \"" + wrong + "\"\n");
      assertTrue(message.contains("line 17") && message.contains(Retention.FORM), message);
    }
  }

  @Test
  void whatATransactionMustOfferToThisNodesPoolIsWrittenAndReadBack() throws Exception {
    assertEquals(Amount.ZERO, read(GOOD).pool().leastFeePerGas());
    NodeConfiguration asks = read(GOOD + "[pool]\nleast_fee_per_gas = \"1000000000\"\n");
    assertEquals(Amount.wei(1_000_000_000), asks.pool().leastFeePerGas());
    assertEquals(asks, read(asks.toToml()));
    for (String wrong : List.of("-1", "0x10", "1.5", "1 gwei")) {
      String message = refusal(GOOD + "[pool]\nleast_fee_per_gas = \"" + wrong + "\"\n");
      assertTrue(message.contains("line 17") && message.contains("number of wei"), message);
    }
  }

  @Test
  void aFlagWinsOverAVariableAndAVariableOverTheFile() throws Exception {
    NodeConfiguration.Storage file =
        new NodeConfiguration.Storage(
            new Retention.Pruned(12, 3_000), Optional.of(folder.resolve("disk.key")));
    Map<String, String> variable = Map.of("RETENTION", "pruned:5:20");
    assertEquals(file, file.or("", Map.of("RETENTION", "")));
    assertEquals("pruned:5:20", Retention.text(file.or("", variable).retention()));
    assertEquals("archive", Retention.text(file.or("archive", variable).retention()));
    String message =
        assertThrows(ConfigurationException.class, () -> file.or("", Map.of("RETENTION", "x")))
            .getMessage();
    assertTrue(String.valueOf(message).contains("RETENTION is \"x\""), message);
  }

  @Test
  void whoMayUseJsonRpcIsWrittenAndReadBack() throws Exception {
    RpcConfiguration plain = read(GOOD).rpc();
    assertEquals(RpcConfiguration.NAMESPACES_DEFAULT, plain.access().namespaces());
    assertEquals(List.of("localhost", "127.0.0.1", "[::1]"), plain.access().hosts());
    assertEquals(List.of(), plain.access().origins(), "no web page");
    NodeConfiguration opens =
        read(
            GOOD.replace("127.0.0.1:8545", "10.0.0.5:8545")
                + "hosts = [\"RPC.example.org\", \"[fe80::1]\"]\n"
                + "origins = [\"https://wallet.example:8443\", \"null\"]\n"
                + "namespaces = [\"eth\", \"debug\"]\n");
    assertEquals(
        List.of("localhost", "127.0.0.1", "[::1]", "10.0.0.5", "rpc.example.org", "[fe80::1]"),
        opens.rpc().access().hosts());
    assertEquals(List.of("https://wallet.example:8443", "null"), opens.rpc().access().origins());
    assertEquals(List.of("eth", "debug"), opens.rpc().access().namespaces());
    assertEquals(opens, read(opens.toToml()));
    assertEquals(
        List.of("localhost", "127.0.0.1", "[::1]", "[2001:db8:0:0:0:0:0:1]"),
        read(GOOD.replace("127.0.0.1:8545", "[2001:db8::1]:8545")).rpc().access().hosts());
    assertEquals(
        List.of("localhost", "127.0.0.1", "[::1]", "node.example", "10.0.0.5"),
        RpcConfiguration.at(named("node.example", "10.0.0.5")).access().hosts());
    NodeConfiguration everybody = opens.with(RpcConfiguration.openAt(opens.rpc().listen()));
    assertEquals(everybody, read(everybody.toToml()));
    for (String wrong :
        List.of(
            "hosts = [\"rpc.example.org:8545\"]",
            "hosts = [\"http://rpc.example.org\"]",
            "hosts = [\"fe80::1\"]",
            "hosts = [\"\"]",
            "hosts = [1]",
            "hosts = \"*\"",
            "origins = [\"wallet.example\"]",
            "origins = [\"https://wallet.example/\"]",
            "namespaces = [\"admin\"]")) {
      String message = refusal(GOOD + wrong + "\n");
      assertTrue(message.contains("line 16: rpc."), message);
    }
  }

  @Test
  void thePathsOfTheOlderPlatformAreServedWhereTheFileSaysSo() throws Exception {
    assertFalse(read(GOOD).rpc().access().servesRest());
    assertFalse(read(GOOD + "rest = false\n").rpc().access().servesRest());
    NodeConfiguration serves = read(GOOD + "rest = true\norigins = [\"*\"]\n");
    assertTrue(serves.rpc().access().servesRest());
    assertEquals(serves, read(serves.toToml()));
    String message = refusal(GOOD + "rest = \"yes\"\n");
    assertTrue(message.contains("line 16: rpc.rest must be true or false"), message);
  }

  private static InetSocketAddress named(String name, String address) throws IOException {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    return new InetSocketAddress(InetAddress.getByAddress(name, bytes), 8545);
  }

  @Test
  void flagsAndVariablesAreSaidTogether() throws Exception {
    NodeConfiguration file = read(GOOD);
    assertEquals(file, file.or("", Map.of(), Map.of()));
    Map<String, String> variables =
        Map.of("RETENTION", "archive", "RPC_HOSTS", "a.example", "RPC_NAMESPACES", "eth");
    NodeConfiguration said =
        file.or("", Map.of(RpcConfiguration.Words.HOSTS, "b.example"), variables);
    assertEquals("archive", Retention.text(said.storage().retention()));
    assertEquals(List.of("b.example"), said.rpc().hosts());
    assertEquals(List.of("eth"), said.rpc().namespaces());
    assertEquals(List.of(), said.rpc().origins());
  }

  @Test
  void listsOfJsonRpcAreSaidByFlagVariableAndFileInThisOrder() throws Exception {
    RpcConfiguration file = read(GOOD + "origins = [\"https://a.example\"]\n").rpc();
    RpcConfiguration.Words origins = RpcConfiguration.Words.ORIGINS;
    Map<String, String> variable = Map.of("RPC_ORIGINS", "https://b.example, https://c.example");
    assertEquals(file, file.or(origins, "", Map.of()));
    assertEquals(
        List.of("https://b.example", "https://c.example"),
        file.or(origins, "", variable).origins());
    assertEquals(List.of("*"), file.or(origins, "*", variable).origins());
    assertEquals(
        List.of("node.example"),
        file.or(RpcConfiguration.Words.HOSTS, "node.example", Map.of()).hosts());
    String message =
        assertThrows(
                ConfigurationException.class,
                () -> file.or(RpcConfiguration.Words.NAMESPACES, "eth,admin", Map.of()))
            .getMessage();
    assertTrue(String.valueOf(message).contains("--rpc-namespaces holds \"admin\""), message);
  }

  @Test
  void aHostToListenAtIsOneThatThisMachineKnows() {
    for (String address : List.of("127.0.0.1:8545", "127.0.0.1:30301")) {
      String message = refusal(GOOD.replace(address, "no-such-host.invalid:1"));
      assertTrue(
          message.contains(", line ") && message.contains("knows no host of that name"), message);
    }
  }

  @Test // Protocol §8.3.3.
  void aKeyIsHereOrWithASigner() throws Exception {
    String signer =
        """
        [signer]
        remote = "10.0.0.2:9000"
        id = "%s"
        folder = "."
        """
            .formatted("cd".repeat(32));
    String both = refusal(GOOD + signer);
    assertTrue(both.contains("validator.keystore is there beside [signer]"), both);
    String remote =
        GOOD.replaceFirst("keystore = .*\n", "")
                .replaceFirst("password_file = .*\n", "")
                .replaceFirst("signing_record = .*\n", "")
            + signer;
    NodeConfiguration configuration = read(remote);
    assertTrue(
        configuration.validator().orElseThrow().key() instanceof NodeConfiguration.RemoteKey);
    assertEquals(configuration, read(configuration.toToml()));
    String id = refusal(remote.replace("cd".repeat(32), "cd"));
    assertTrue(id.contains("signer.id") && id.contains("64 hexadecimal digits"), id);
  }

  @Test
  void servicesAreWrittenAndReadBack() throws Exception {
    String worker =
        """
        [worker]
        account_keystore = "w"
        account_password_file = "p"
        data = "d"
        listen = "127.0.0.1:9000"
        address = "http://worker.example:9000"
        """;
    String auditor =
        """
        [auditor]
        account_keystore = "a"
        account_password_file = "p"
        data = "e"
        """;
    String evaluator =
        """
        [evaluator]
        account_keystore = "v"
        account_password_file = "p"
        data = "f"
        """;
    for (String engine :
        List.of(
            "",
            "engine = \"process\"\nengine_command = [\"run me\", \"-x\"]\n",
            "engine = \"openai\"\nengine_url = \"http://h:1\"\nengine_model = \"m\"\n",
            """
            engine = "open-inference-protocol"
            engine_url = "http://h:1"
            engine_model = "m"
            engine_input = "x:int8:784"
            engine_output = "y:int32:10"
            """,
            """
            engine = "onnxruntime"
            engine_profile = "onnxruntime 1.29.0, \\"fp32\\""
            engine_library = "lib/onnxruntime.jar"
            engine_models = "onnx"
            """,
            """
            engine = "openai"
            engine_url = "http://h:1"
            engine_model = "m"
            engine_profile = "any"
            """)) {
      NodeConfiguration read =
          read(GOOD + worker + engine + auditor + "reach = \"any\"\n" + evaluator);
      assertEquals(read, read(read.toToml()));
      assertEquals(folder.resolve("d"), read.services().worker().orElseThrow().data());
      assertEquals(folder.resolve("f"), read.services().evaluator().orElseThrow().data());
      assertEquals(Reach.PUBLIC, read.services().evaluator().orElseThrow().reach());
    }
    for (String wrong :
        List.of(
            worker + "engine = \"magic\"\n",
            worker + "engine = \"onnxruntime\"\n",
            worker + "engine = \"onnxruntime\"\nengine_library = \"l\"\nengine_models = \"m\"\n",
            worker + "engine = \"onnxruntime\"\nengine_profile = \"p\"\n",
            worker + "engine_profile = \"" + "p".repeat(129) + "\"\n",
            worker + "engine = \"process\"\n",
            worker + "engine = \"openai\"\nengine_url = \"h\"\nengine_model = \"m\"\n",
            worker + "engine_url = \"http://h:1\"\n",
            worker.replace("http://", "ftp://"),
            worker.replace("example:9000", "example/path"),
            auditor + "reach = \"far\"\n",
            evaluator + "reach = \"far\"\n")) {
      String message = refusal(GOOD + wrong);
      assertTrue(message.contains("allowed") || message.contains("engine"), message);
    }
    assertTrue(refusal(GOOD + "[worker]\ndata = \"d\"\n").contains("account_keystore is missing"));
  }

  @Test // Protocol §17.17: an engine of a profile is for class TOLERANCE, the referee for the rest.
  void anEngineOfAProfileServesItsClassBesideTheReferee() throws Exception {
    String worker =
        """
        [worker]
        account_keystore = "w"
        account_password_file = "p"
        data = "d"
        listen = "127.0.0.1:9000"
        address = "http://worker.example:9000"
        engine = "onnxruntime"
        engine_profile = "onnxruntime 1.29.0, fp32"
        engine_library = "lib/onnxruntime.jar"
        engine_models = "onnx"
        """;
    ServicesConfiguration.Worker there = read(GOOD + worker).services().worker().orElseThrow();
    assertEquals(WorkJob.EXACT | WorkJob.TOLERANCE, there.classes());
    Engines under =
        there.engine().under(JuryCall.profile("onnxruntime 1.29.0, fp32")).orElseThrow();
    assertEquals(
        new EngineChoice.OnnxRuntime(folder.resolve("lib/onnxruntime.jar"), folder.resolve("onnx")),
        under);
    assertTrue(there.engine().under(JuryCall.profile("another")).isEmpty());
    Hash model = Hash.fromHex("ab".repeat(32));
    assertTrue(!under.runs(model), "there is no file of it");
    Path _ = Files.createDirectories(folder.resolve("onnx"));
    Path _ = Files.writeString(folder.resolve("onnx").resolve(model + ".onnx"), "");
    assertTrue(under.runs(model));
  }

  @Test // Protocol §17.12: it serves claims that hardware vouches for too.
  void anAttesterIsWrittenAndReadBack() throws Exception {
    String worker =
        """
        [worker]
        account_keystore = "w"
        account_password_file = "p"
        data = "d"
        listen = "127.0.0.1:9000"
        address = "http://worker.example:9000"
        """;
    String subject = "ab".repeat(32);
    String settings = "attester_settings = [\"platform=SGX\", \"seed=5=\\\"e\"]\n";
    String collateral = "attester_collateral = [\"" + subject + "\"]\n";
    String attester = "attester = \"development\"\n";
    NodeConfiguration read = read(GOOD + worker + attester + settings + collateral);
    assertEquals(read, read(read.toToml()));
    ServicesConfiguration.Worker there = read.services().worker().orElseThrow();
    AttesterChoice choice = there.attester().orElseThrow();
    assertEquals("development", choice.name());
    assertEquals(Map.of("platform", "SGX", "seed", "5=\"e"), choice.settings());
    assertEquals(List.of(Hash.fromHex(subject)), choice.collateral());
    assertEquals(WorkJob.EXACT | WorkJob.ATTESTED, there.classes());
    NodeConfiguration without = read(GOOD + worker);
    assertEquals(WorkJob.EXACT, without.services().worker().orElseThrow().classes());
    for (String wrong :
        List.of(
            attester,
            settings,
            collateral,
            attester + "attester_collateral = []\n",
            attester + "attester_collateral = [\"ab\"]\n",
            attester + "attester_collateral = \"" + subject + "\"\n",
            attester + "attester_settings = [\"platform\"]\n" + collateral,
            attester + "attester_settings = [\"a=1\", \"a=2\"]\n" + collateral)) {
      String message = refusal(GOOD + worker + wrong);
      assertTrue(message.contains("worker.attester"), message);
      assertTrue(message.matches(".*, line [0-9]+: .*"), message);
    }
    String unknown = refusal(GOOD + worker + "attester = \"magic\"\n" + collateral);
    assertTrue(unknown.contains("\"magic\"; allowed are development, process"), unknown);
  }

  @Test
  void aGatewayIsWrittenAndReadBack() throws Exception {
    String gateway =
        """
        [gateway]
        account_keystore = "a"
        account_password_file = "p"
        data = "g"
        listen = "127.0.0.1:8090"
        models = ["digits:0.001:digits.model", "x:2:a:b.onnx"]
        """;
    NodeConfiguration read = read(GOOD + gateway);
    ServicesConfiguration.Gateway plain = read.services().gateway().orElseThrow();
    assertEquals(
        new ServicesConfiguration.ServedFile(
            "digits", Amount.wei(1_000_000_000_000_000L), folder.resolve("digits.model")),
        plain.models().getFirst());
    assertEquals(folder.resolve("a:b.onnx"), plain.models().get(1).file());
    assertEquals(ServicesConfiguration.GatewayTimes.DEFAULT, plain.times());
    assertEquals(read, read(read.toToml()));
    String all =
        gateway
            + """
            code = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
            keys = "k"
            batch_items = 7
            wait_millis = 9
            timeout_seconds = 11
            work_seconds = 13
            work_blocks = 15
            reach = "any"
            """;
    NodeConfiguration told = read(GOOD + all);
    assertEquals(
        new ServicesConfiguration.GatewayTimes(7, 9, 11, 13, 15),
        told.services().gateway().orElseThrow().times());
    assertEquals(
        Optional.of(Hash.fromHex("cd".repeat(32))), told.services().gateway().orElseThrow().code());
    assertEquals(Optional.empty(), plain.code());
    assertEquals(Optional.empty(), plain.profile());
    assertEquals(told, read(told.toToml()));
    NodeConfiguration tolerant = read(GOOD + gateway + "profile = \"onnx \\\"1\\\", fp32\"\n");
    assertEquals(
        Optional.of("onnx \"1\", fp32"), tolerant.services().gateway().orElseThrow().profile());
    assertEquals(tolerant, read(tolerant.toToml()));
    for (String wrong :
        List.of(
            all + "profile = \"onnx\"\n",
            gateway + "profile = \"" + "x".repeat(129) + "\"\n",
            all.replace("cd".repeat(32), "cd"),
            all.replace("cd".repeat(32), "00".repeat(32)),
            all.replace("= 7", "= 4097"),
            all.replace("= 7", "= 0"),
            all.replace("= 9", "= 11000"),
            all.replace("0.001", "0"),
            all.replace("0.001", "-1"),
            all.replace("digits:0.001:", ""),
            all.replace("x:2:a:b.onnx", "x:2:"),
            gateway.replaceFirst("models.*", ""))) {
      String message = refusal(GOOD + wrong);
      assertTrue(
          message.contains("allowed") || message.contains("missing") || message.contains("more"),
          message);
    }
  }
}
