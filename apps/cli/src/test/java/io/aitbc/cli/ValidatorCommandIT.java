// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.UInt256;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.KeystoreCost;
import io.aitbc.signer.Password;
import io.aitbc.signer.ValidatorKeystore;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the command sends, to a server that answers as a node does. Protocol §16.5, §16.6.
class ValidatorCommandIT {
  private static final String HASH = "0x" + "ab".repeat(32);
  private static final String ACCOUNT = "0x" + "12".repeat(20);

  /// Keys are made once, and light ones: each of some thirty commands opens one.
  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private PretendedServer server;

  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private volatile String estimate = "\"result\":\"0x186a0\"";
  private volatile String status = "0x1";
  private volatile String logs = "";
  private volatile String proposalState = "SUCCEEDED";
  private volatile String proposalKind = "PROTECTED";
  private final StringWriter printed = new StringWriter();

  @BeforeEach
  void aServerAndKeys() throws IOException, KeyFileException {
    server =
        PretendedNode.start(call -> {
          asked.add(call);
          return answer(call);
        });
    if (Files.exists(keys())) {
      return;
    }
    Path _ = OwnedFile.create(folder.resolve("password"), "a long password\n");
    Path _ = Files.createDirectory(keys());
    SecureRandom random = new SecureRandom();
    try (Password password = Password.of("a long password");
        BlsValidatorKey key = BlsValidatorKey.generate(random);
        AccountSigner account = AccountSigner.generate(random)) {
      ValidatorKeystore.create(
          keys().resolve("validator.json"), key, password, KeystoreCost.LIGHT, random);
      AccountKeystore.create(
          keys().resolve("account.json"), account, password, KeystoreCost.LIGHT, random);
    }
  }

  @AfterEach
  void theEnd() {
    server.close();
  }

  private static Path keys() {
    return folder.resolve("keys");
  }

  private String answer(JsonNode request) {
    return switch (request.path("method").asText()) {
      case "eth_estimateGas" -> estimate;
      case "eth_chainId" -> "\"result\":\"0x7\"";
      case "eth_getTransactionCount" -> "\"result\":\"0x3\"";
      case "eth_gasPrice" -> "\"result\":\"0x64\"";
      case "eth_getBlockByNumber" -> "\"result\":{\"hash\":\"" + HASH + "\"}";
      case "eth_getTransactionReceipt" ->
          "\"result\":{\"blockNumber\":\"0x9\",\"blockHash\":\"%s\",\"status\":\"%s\",\"logs\":[%s]}"
              .formatted(HASH, status, logs);
      case "aitbc_validators" ->
          "\"result\":[{\"account\":\"%s\",\"authority\":true,\"stake\":1500000,\"role\":\"PROPOSER\"}]"
              .formatted(ACCOUNT);
      case "aitbc_parameters" ->
          """
          "result":[{"number":42,"name":"BASE_REWARD","value":"0x56bc75e2d63100000"},
           {"number":45,"name":"PROPOSAL_DEPOSIT","value":"0x3635c9adc5dea00000"}]\
          """;
      case "aitbc_proposals" ->
          "\"result\":{\"now\":5,\"proposals\":[{\"id\":3,\"state\":\"%s\",\"kind\":\"%s\"}]}"
              .formatted(proposalState, proposalKind);
      case "eth_blockNumber" -> "\"result\":\"0x9\"";
      case "eth_getLogs" -> "\"result\":[{\"data\":\"" + GovernanceCommandIT.LOG.toHex() + "\"}]";
      default -> "\"result\":\"" + HASH + "\"";
    };
  }

  private int execute(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--password-file";
    all[arguments.length + 1] = folder.resolve("password").toString();
    return AitbcCommand.commandLine(all)
        .setErr(new PrintWriter(printed, true))
        .setOut(new PrintWriter(printed, true))
        .execute(all);
  }

  private int validator(String command, String... arguments) {
    return command("validator", command, arguments);
  }

  private int command(String group, String command, String... arguments) {
    String[] all = new String[arguments.length + 4];
    all[0] = group;
    all[1] = command;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    all[all.length - 2] = "--rpc";
    all[all.length - 1] = server.address().toString();
    return execute(all);
  }

  private Transaction sent() throws Exception {
    JsonNode raw =
        asked.stream()
            .filter(each -> each.path("method").asText().equals("eth_sendRawTransaction"))
            .reduce((_, last) -> last)
            .orElseThrow();
    return TransactionCodec.decode(Bytes.fromHex(raw.path("params").path(0).asText()));
  }

  @Test // Protocol §12.2, §16.6
  void aStakeCarriesKeyAndProofOfPossession() throws Exception {
    int done = validator("stake", "--folder", keys().toString(), "--amount", "1000");
    assertEquals(0, done, printed.toString());
    Transaction stake = sent();
    Address account = stake.sender(Secp256k1.chosen()).orElseThrow();
    assertEquals(
        Optional.of(EconomyContract.STAKE_MANAGER.address()), stake.unsigned().recipient());
    assertEquals(Amount.aitbc(1_000), stake.unsigned().value());
    Bytes data = stake.unsigned().data();
    BlsPublicKey key = new BlsPublicKey(bytes(data, 0));
    assertTrue(
        new BlsScheme()
            .verify(
                key,
                ProofOfPossession.message(Hash.fromHex(HASH), account.bytes(), key),
                new BlsSignature(bytes(data, 1))));
    assertEquals(
        CallData.of("register(bytes,bytes,uint16,uint16,address)")
            .bytes(key.bytes())
            .bytes(bytes(data, 1))
            .number(500)
            .number(2_000)
            .address(Address.ZERO)
            .toBytes(),
        data);
    assertTrue(printed.toString().contains("in block     9 " + HASH), printed.toString());
  }

  @Test // Protocol §12.2, §16.6
  void theCallOfAnAccountElsewhereIsPrintedAndNotSent() throws Exception {
    Path keys = Files.createDirectories(folder.resolve("elsewhere"));
    Path _ =
        Files.copy(
            keys().resolve("validator.json"),
            keys.resolve("validator.json"),
            StandardCopyOption.COPY_ATTRIBUTES);
    int done =
        validator(
            "stake",
            "--folder",
            keys.toString(),
            "--amount",
            "1000",
            "--print-for",
            ACCOUNT,
            "--json");
    assertEquals(0, done, printed.toString());
    JsonNode call = new ObjectMapper().readTree(printed.toString());
    assertEquals(ACCOUNT, call.path("from").asText());
    assertEquals(EconomyContract.STAKE_MANAGER.address().toString(), call.path("to").asText());
    assertEquals(Amount.aitbc(1_000).wei().toHex(), call.path("value").asText());
    Bytes data = Bytes.fromHex(call.path("data").asText());
    BlsPublicKey key = new BlsPublicKey(bytes(data, 0));
    Bytes account = Address.fromHex(ACCOUNT).bytes();
    assertTrue(
        new BlsScheme()
            .verify(
                key,
                ProofOfPossession.message(Hash.fromHex(HASH), account, key),
                new BlsSignature(bytes(data, 1))));
  }

  /// A byte string among the arguments.
  private static Bytes bytes(Bytes data, int argument) {
    Bytes arguments = data.slice(4, data.length() - 4);
    int at = word(arguments, argument * UInt256.BYTES);
    return arguments.slice(at + UInt256.BYTES, word(arguments, at));
  }

  private static int word(Bytes data, int at) {
    return (int)
        UInt256.of(data.slice(at, UInt256.BYTES).toArray(), 0, UInt256.BYTES).toLongExact();
  }

  @Test // Protocol §16.5, §16.6
  void otherCommandsAreOneCallEach() throws Exception {
    String file = keys().resolve("account.json").toString();
    assertCall(EconomyContract.STAKE_MANAGER, CallData.of("ready()"), "ready", file);
    assertCall(EconomyContract.STAKE_MANAGER, CallData.of("unjail()"), "unjail", file);
    assertCall(EconomyContract.STAKE_MANAGER, CallData.of("resign()"), "leave", file);
    EconomyContract registry = EconomyContract.AUTHORITY_REGISTRY;
    assertCall(registry, CallData.of("unjail()"), "unjail", file, "--role", "AUTHORITY");
    assertCall(registry, CallData.of("resign()"), "leave", file, "--role", "AUTHORITY");
    assertCall(
        registry,
        CallData.of("ready(address)").address(Address.fromHex(ACCOUNT)),
        "ready",
        file,
        "--role",
        "AUTHORITY",
        "--authority",
        ACCOUNT);
    Address other = Address.fromHex(ACCOUNT);
    String node = "17".repeat(Hash.BYTES);
    assertCall(
        registry,
        CallData.of("describe(address,address,bytes32)")
            .address(other)
            .address(Address.ZERO)
            .hash(Hash.fromHex("0x" + node)),
        "describe",
        file,
        "--node",
        node,
        "--operator",
        ACCOUNT);
    assertEquals(2, validator("describe", file, "--node", "17"));
    assertCall(
        EconomyContract.REWARDS,
        CallData.of("claim(address)").address(other),
        "claim",
        file,
        "--pool",
        ACCOUNT);
    assertCall(
        EconomyContract.STAKE_MANAGER,
        CallData.of("delegate(address)").address(Address.fromHex(ACCOUNT)),
        "delegate",
        file,
        "--to",
        ACCOUNT,
        "--amount",
        "2.5");
    assertEquals(Amount.wei(2_500_000_000_000_000_000L), sent().unsigned().value());
  }

  @Test // Protocol §16.4
  void lotsThatWereMovedLeaveOrAreJoinedByTheirNumber() throws Exception {
    String file = keys().resolve("account.json").toString();
    EconomyContract manager = EconomyContract.STAKE_MANAGER;
    assertCall(manager, CallData.of("merge(uint256)").number(3), "merge", file, "--lot", "3");
    String topic =
        Keccak256.hash(
                Bytes.wrap(
                    "Left(address,address,uint256,uint256)".getBytes(StandardCharsets.US_ASCII)))
            .toHex();
    String word = "\"0x" + "0".repeat(63) + "3\"";
    logs =
        "{\"address\":\"%s\",\"topics\":[\"%s\",%s,%s,%s]}"
            .formatted(manager.address(), topic, word, word, word);
    assertCall(
        manager, CallData.of("undelegateLot(uint256)").number(3), "undelegate", file, "--lot", "3");
    assertTrue(printed.toString().contains("lot          3"), printed.toString());
    assertEquals(2, validator("undelegate", file));
    assertEquals(2, validator("undelegate", file, "--lot", "3", "--all"));
    assertEquals(2, validator("redelegate", file, "--to", ACCOUNT));
    assertEquals(2, validator("withdraw", file));
  }

  private void assertCall(
      EconomyContract contract, CallData data, String command, String... arguments)
      throws Exception {
    assertEquals(0, validator(command, arguments), printed.toString());
    assertEquals(Optional.of(contract.address()), sent().unsigned().recipient());
    assertEquals(data.toBytes(), sent().unsigned().data());
    assertEquals(125_000, sent().gasLimit());
  }

  @Test
  void aRefusalOfTheContractIsNamedAndNothingIsSent() {
    estimate =
        "\"error\":{\"code\":3,\"message\":\"execution reverted\",\"data\":\"%s\"}"
            .formatted(
                CallData.of("WrongState(address,uint8)").number(1).number(0).toBytes().toHex());
    String file = keys().resolve("account.json").toString();
    assertEquals(1, validator("unjail", file));
    assertTrue(
        printed.toString().contains("StakeManager refuses: WrongState(address,uint8)"),
        printed.toString());
    assertTrue(
        asked.stream()
            .noneMatch(each -> each.path("method").asText().equals("eth_sendRawTransaction")));
  }

  @Test
  void aCallThatFailsInItsBlockIsAFailure() {
    status = "0x0";
    assertEquals(1, validator("ready", keys().resolve("account.json").toString()));
    assertTrue(printed.toString().contains("failed in block 9"), printed.toString());
  }

  @Test
  void wrongCommissionsAreWrongUsage() {
    String amount = "1000";
    for (List<String> wrong : List.of(List.of("30", "20"), List.of("0", "101"))) {
      assertEquals(
          2,
          validator(
              "stake",
              "--folder",
              keys().toString(),
              "--amount",
              amount,
              "--commission",
              wrong.get(0),
              "--commission-max",
              wrong.get(1)));
    }
  }

  @Test
  void theValidatorsAreListed() {
    String url = server.address().toString();
    Typed.run("validator", "list", "--rpc", url)
        .expect(0, ACCOUNT + " authority PROPOSER  1.5 AITBC");
  }

  @Test // Protocol §16.11
  void aProposalSetsParametersByNameAndPaysTheDeposit() throws Exception {
    String file = keys().resolve("account.json").toString();
    String call = ACCOUNT + "=0x1234";
    int done =
        command(
            "governance",
            "propose",
            file,
            "--set",
            "BASE_REWARD=50000000000000000000",
            "--call",
            call,
            "--description",
            "half of it");
    assertEquals(0, done, printed.toString());
    assertEquals(Amount.aitbc(1_000), sent().unsigned().value());
    assertEquals(
        CallData.of("propose(address[],bytes[],string)")
            .addresses(List.of(EconomyContract.PARAMS.address(), Address.fromHex(ACCOUNT)))
            .byteStrings(
                List.of(
                    CallData.of("set(uint256[],uint256[])")
                        .numbers(List.of(UInt256.of(42)))
                        .numbers(List.of(Amount.aitbc(50).wei()))
                        .toBytes(),
                    Bytes.fromHex("0x1234")))
            .bytes(Bytes.wrap("half of it".getBytes(StandardCharsets.US_ASCII)))
            .toBytes(),
        sent().unsigned().data());
    assertEquals(2, command("governance", "propose", file));
    assertEquals(2, command("governance", "propose", file, "--call", ACCOUNT));
    assertEquals(2, command("governance", "propose", file, "--set", "NO_SUCH=1"));
    assertTrue(printed.toString().contains("there are BASE_REWARD"), printed.toString());
  }

  @Test // Protocol §16.11
  void aVoteNamesPoolsOrIsASeats() throws Exception {
    String file = keys().resolve("account.json").toString();
    assertEquals(
        0,
        command("governance", "vote", file, "3", "--support", "FOR", "--pool", ACCOUNT),
        printed.toString());
    Address voter = sent().sender(Secp256k1.chosen()).orElseThrow();
    assertEquals(Optional.of(EconomyContract.GOVERNOR.address()), sent().unsigned().recipient());
    assertEquals(
        CallData.of("vote(uint256,uint8,address[],address[])")
            .number(3)
            .number(1)
            .addresses(List.of(Address.fromHex(ACCOUNT)))
            .addresses(List.of(voter))
            .toBytes(),
        sent().unsigned().data());
    assertEquals(0, command("governance", "vote", file, "3", "--support", "AGAINST", "--seat"));
    assertEquals(
        CallData.of("voteAsAuthority(uint256,uint8)").number(3).number(0).toBytes(),
        sent().unsigned().data());
    assertEquals(2, command("governance", "vote", file, "0", "--support", "FOR"));
  }

  @Test // Protocol §16.11
  void whatWasHeldBackGoesOnAndDepositsEnd() throws Exception {
    String file = keys().resolve("account.json").toString();
    assertEquals(0, command("governance", "hold-back", file, "3"), printed.toString());
    assertEquals(CallData.of("holdBack(uint256)").number(3).toBytes(), sent().unsigned().data());
    assertEquals(0, command("governance", "second-vote", file, "3"), printed.toString());
    assertEquals(
        CallData.of("openSecondVote(uint256)").number(3).toBytes(), sent().unsigned().data());
    assertEquals(0, command("governance", "settle-deposit", file, "3"), printed.toString());
    assertEquals(
        CallData.of("settleDeposit(uint256)").number(3).toBytes(), sent().unsigned().data());
    assertEquals(Optional.of(EconomyContract.GOVERNOR.address()), sent().unsigned().recipient());
    assertEquals(2, command("governance", "settle-deposit", file, "0"));
  }

  @Test // Protocol §16.11, §16.12
  void whatPassedIsHandedOnAndThenExecuted() throws Exception {
    String file = keys().resolve("account.json").toString();
    assertEquals(0, command("governance", "execute", file, "3"), printed.toString());
    assertEquals(CallData.of("queue(uint256)").number(3).toBytes(), sent().unsigned().data());
    ProposedCalls calls = ProposedCalls.of(GovernanceCommandIT.LOG).orElseThrow();
    Bytes execution =
        CallData.of("execute(uint256,address[],bytes[])")
            .number(3)
            .addresses(calls.targets())
            .byteStrings(calls.datas())
            .toBytes();
    proposalState = "QUEUED";
    assertEquals(0, command("governance", "execute", file, "3"), printed.toString());
    assertEquals(execution, sent().unsigned().data());
    proposalState = "SUCCEEDED";
    proposalKind = "EMERGENCY";
    assertEquals(0, command("governance", "execute", file, "3"), printed.toString());
    assertEquals(execution, sent().unsigned().data());
    assertEquals(1, command("governance", "execute", file, "4"));
    assertTrue(printed.toString().contains("no proposal 4"), printed.toString());
  }
}
