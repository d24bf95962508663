// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.evm.Precompiles;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Fork;
import io.aitbc.model.ForkSchedule;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.state.MerkleProof;
import io.aitbc.state.ReceiptProof;
import io.aitbc.state.StateView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MethodsTest {
  private static final String SENDER = "'" + TestChain.SENDER + "'";
  private final Rpc rpc = new Rpc();

  @Test
  void theChainIdIsAQuantityAndTheNetworkIdDecimal() {
    assertEquals("0x6769", rpc.result("eth_chainId", "").asText());
    assertEquals("26473", rpc.result("net_version", "").asText());
  }

  @Test
  void everyMethodIsOfANamespaceThatCanBeNamed() {
    assertEquals(rpc.methods.all(), rpc.methods.of(Methods.NAMESPACES));
    assertEquals(
        List.of("web3_clientVersion", "web3_sha3"),
        List.copyOf(rpc.methods.of(List.of("web3")).keySet()));
  }

  @Test
  void everyTagMeansTheLastFinalBlockExceptEarliest() {
    for (String tag : List.of("latest", "safe", "finalized", "pending", "0x2")) {
      assertEquals(
          "0x2", rpc.result("eth_getBlockByNumber", "'" + tag + "',false").get("number").asText());
    }
    assertEquals(
        "0x0", rpc.result("eth_getBlockByNumber", "'earliest',false").get("number").asText());
    assertTrue(rpc.result("eth_getBlockByNumber", "'0x3',false").isNull());
  }

  @Test // Protocol §10.1.
  void theAnchoredBlockIsTheLastThatTheStakeStandsBehind() {
    assertEquals(
        "0x1", rpc.result("eth_getBlockByNumber", "'anchored',false").get("number").asText());
    assertEquals(1, rpc.result("aitbc_status", "").get("anchored").asInt());
    assertTrue(rpc.result("aitbc_finality", "'anchored'").get("anchored").asBoolean());
    assertFalse(rpc.result("aitbc_finality", "'latest'").get("anchored").asBoolean());
  }

  @Test
  void theEpochIsToldWithoutTheYieldWhileCallsKeepTheMachinesBusy() throws RpcError {
    ObjectNode told = (ObjectNode) rpc.result("aitbc_epoch", "");
    assertTrue(told.remove("yield").has("millionths"));
    assertEquals(told, rpc.resultWhileBusy("aitbc_epoch", ""));
  }

  @Test // Protocol §10.1.
  void finalityOfATransactionIsThatOfItsBlock() {
    JsonNode block = rpc.result("aitbc_finality", "'0x1'");
    assertEquals(Rpc.parse("{'height':1,'final':true,'confirmations':2,'anchored':true}"), block);
    assertEquals(block, rpc.result("aitbc_finality", "'" + rpc.transactionHash(0).toHex() + "'"));
    assertEquals(block, rpc.result("aitbc_finality", "'" + rpc.blockHash(1).toHex() + "'"));
    assertTrue(rpc.result("aitbc_finality", "'" + Hash.ZERO.toHex() + "'").isNull());
    assertEquals(1, rpc.result("aitbc_finality", "'latest'").get("confirmations").asInt());
  }

  @Test // Protocol §10.1.
  void aTransactionInThePoolHasNoConfirmation() {
    String hash = rpc.result("eth_sendRawTransaction", "'" + Rpc.raw(4).toHex() + "'").asText();
    assertEquals(
        Rpc.parse("{'final':false,'confirmations':0}"),
        rpc.result("aitbc_finality", "'" + hash + "'"));
  }

  @Test // Protocol §10.1.
  void aBlockThatNobodySawBeingDecidedTellsWhatItsCertificateSays() {
    Signers signers = new Signers(SignerBitmap.of(1, List.of(0)), SignerBitmap.of(1, List.of(0)));
    rpc.chain.certify(
        1,
        new CommitCertificate(
            new Ballot.Commit(
                new Height(1), new Round(2), Mode.BALANCED, Hash.ZERO, rpc.blockHash(1)),
            new AggregateSignature(
                signers, new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])))));
    JsonNode finality = rpc.result("aitbc_finality", "'0x1'");
    assertEquals(2, finality.get("round").asInt());
    assertEquals(1, finality.get("stakers").asInt());
    assertEquals(TestChain.SET.stakers().size(), finality.get("stakersTotal").asInt());
    assertFalse(finality.has("millis"), "nobody measured it");
  }

  @Test // Protocol §13.4.1.
  void whatIsNotKeptIsAnErrorAndHeadersAndCallsStay() {
    String block = "'0x1'";
    JsonNode header = rpc.result("debug_getRawHeader", block);
    String hash = "'" + rpc.blockHash(1).toHex() + "'";
    rpc.chain.forgetBodiesBelow(2);
    for (String call :
        List.of(
            "eth_getBlockByNumber " + block + ",false",
            "eth_getBlockByHash " + hash + ",false",
            "eth_getBlockTransactionCountByNumber " + block,
            "eth_getBlockReceipts " + block,
            "eth_getTransactionByBlockNumberAndIndex " + block + ",'0x0'",
            "eth_getLogs {'fromBlock':'0x1'}",
            "debug_getRawBlock " + block)) {
      String[] parts = call.split(" ", 2);
      assertTrue(rpc.error(parts[0], parts[1]).startsWith("-32001 "), call);
    }
    assertEquals(header, rpc.result("debug_getRawHeader", block));
    assertEquals("0x", rpc.result("eth_call", "{'to':'" + TestChain.ECHO + "'},'0x1'").asText());
    assertTrue(rpc.result("eth_getBlockByNumber", "'0x3',false").isNull());
  }

  @Test // EIP-7966.
  void whoWaitsForAReceiptInVainIsToldTheHash() {
    String raw = "'" + Rpc.raw(4).toHex() + "'";
    for (int i = 0; i < 2; i++) { // The second time it waits in the pool already.
      JsonNode error = rpc.call("eth_sendRawTransactionSync", raw + ",'0x1'").get("error");
      assertEquals(4, error.get("code").asInt());
      assertEquals(TestChain.transfer(4).hash().toHex(), error.get("data").asText());
    }
    assertEquals("0x1", rpc.result("txpool_status", "").get("pending").asText());
  }

  @Test
  void aTransactionIsFilledInWithWhatIsLeftOut() {
    String call = "{'from':" + SENDER + ",'to':'" + TestChain.RECEIVER + "','value':'0x7'";
    JsonNode filled = rpc.result("eth_fillTransaction", call + "}").get("tx");
    assertEquals("0x5208", filled.get("gas").asText());
    assertEquals("0x4", filled.get("nonce").asText());
    assertEquals("0x6769", filled.get("chainId").asText());
    assertEquals("0x77359401", filled.get("maxFeePerGas").asText());
    JsonNode named =
        rpc.result(
                "eth_fillTransaction", call + ",'nonce':'0x9','gas':'0x6000','maxFeePerGas':'0x1'}")
            .get("tx");
    assertEquals("0x9", named.get("nonce").asText());
    assertEquals("0x6000", named.get("gas").asText());
    assertEquals("0x1", named.get("maxFeePerGas").asText());
    assertEquals("0x1", named.get("maxPriorityFeePerGas").asText());
    assertTrue(
        rpc.error("eth_fillTransaction", call + ",'chainId':'0x1'}").startsWith("-32602 chainId"));
  }

  @Test // docs/operator.md: `least_fee_per_gas`
  void aPriceThatIsNamedGetsIntoThePool() {
    rpc.node.asksFor(Amount.wei(0x1_0000_0000_0000L));
    assertEquals("0x1000000000000", rpc.result("eth_gasPrice", "").asText());
    String call = "{'from':" + SENDER + ",'to':'" + TestChain.RECEIVER + "'}";
    JsonNode filled = rpc.result("eth_fillTransaction", call).get("tx");
    assertEquals("0x1000000000000", filled.get("maxFeePerGas").asText());
    rpc.node.asksFor(Amount.wei(1));
    assertEquals("0x4a817c81", rpc.result("eth_gasPrice", "").asText());
  }

  @Test
  void aBlocksHashIsThatOfItsHeader() {
    JsonNode block = rpc.result("eth_getBlockByNumber", "'0x1',true");
    assertEquals(rpc.blockHash(1).toHex(), block.get("hash").asText());
    assertEquals(
        block, rpc.result("eth_getBlockByHash", "'" + rpc.blockHash(1).toHex() + "',true"));
    assertEquals(4, block.get("transactions").size());
    assertEquals(block.get("transactions").get(2), rpc.result("eth_getTransactionByHash", tx(2)));
    assertEquals(
        block.get("transactions").get(2),
        rpc.result("eth_getTransactionByBlockNumberAndIndex", "'0x1','0x2'"));
  }

  @Test
  void withoutFullABlockShowsHashes() {
    assertEquals(
        rpc.transactionHash(0).toHex(),
        rpc.result("eth_getBlockByNumber", "'0x1',false").get("transactions").get(0).asText());
  }

  @Test
  void aBlockMayBeNamedByAnObject() {
    String balance = "0x3635c9adc5dea00000";
    for (String block :
        List.of(
            "'latest'",
            "{'blockNumber':'0x1'}",
            "{'blockHash':'" + rpc.blockHash(1).toHex() + "','requireCanonical':true}",
            "'" + rpc.blockHash(1).toHex() + "'")) {
      assertEquals(balance, rpc.result("eth_getBalance", SENDER + "," + block).asText());
    }
    assertEquals(balance, rpc.result("eth_getBalance", SENDER).asText());
  }

  @Test
  void whatIsNotThereIsNullOrSaysSo() {
    String unknown = "'" + Hash.ZERO.toHex() + "'";
    assertTrue(rpc.result("eth_getBlockByHash", unknown + ",false").isNull());
    assertTrue(rpc.result("eth_getTransactionByHash", unknown).isNull());
    assertTrue(rpc.result("eth_getTransactionReceipt", unknown).isNull());
    assertEquals(
        "-32001 block not found or not kept by this node",
        rpc.error("eth_getBalance", SENDER + ",'0x99'"));
  }

  @Test
  void aReceiptHasItsOwnGasAndTheLogsPlaceInTheBlock() {
    JsonNode receipt = rpc.result("eth_getTransactionReceipt", tx(2));
    assertEquals("0x5208", receipt.get("gasUsed").asText());
    assertEquals("0x18e70", receipt.get("cumulativeGasUsed").asText());
    assertEquals("0x0", receipt.get("logs").get(0).get("logIndex").asText());
    assertEquals("0x77359400", receipt.get("effectiveGasPrice").asText());
    assertEquals("0x0", rpc.result("eth_getTransactionReceipt", tx(1)).get("status").asText());
    assertEquals(4, rpc.result("eth_getBlockReceipts", "'0x1'").size());
  }

  @Test
  void logsAreFoundByAddressAndTopic() {
    String all = "{'fromBlock':'0x0','toBlock':'latest'}";
    assertEquals(1, rpc.result("eth_getLogs", all).size());
    String matching =
        "{'fromBlock':'0x0','address':['%s'],'topics':[null,[]]}".formatted(TestChain.ECHO);
    assertEquals(0, rpc.result("eth_getLogs", matching).size());
    String byTopic =
        "{'blockHash':'%s','topics':['%s']}"
            .formatted(rpc.blockHash(1).toHex(), TestChain.TOPIC.toHex());
    assertEquals(1, rpc.result("eth_getLogs", byTopic).size());
    String other = "{'fromBlock':'0x0','address':'" + TestChain.STORE + "'}";
    assertEquals(0, rpc.result("eth_getLogs", other).size());
    assertEquals(
        "-32602 invalid block range params",
        rpc.error("eth_getLogs", "{'fromBlock':'0x2','toBlock':'0x1'}"));
    assertEquals(
        "-32602 block range extends beyond current head block",
        rpc.error("eth_getLogs", "{'fromBlock':'0x1','toBlock':'0x9'}"));
  }

  @Test
  void aSentTransactionWaitsAndCountsAsPending() {
    String raw = "'" + Rpc.raw(4).toHex() + "'";
    String hash = TestChain.transfer(4).hash().toHex();
    assertEquals(hash, rpc.result("eth_sendRawTransaction", raw).asText());
    assertEquals("0x4", count("latest"));
    assertEquals("0x5", count("pending"));
    JsonNode pending = rpc.result("eth_getTransactionByHash", "'" + hash + "'");
    assertTrue(pending.get("blockHash").isNull());
    assertEquals(TestChain.SENDER.toString(), pending.get("from").asText());
    assertEquals(
        Rpc.raw(4).toHex(), rpc.result("eth_getRawTransactionByHash", "'" + hash + "'").asText());
  }

  private String count(String tag) {
    return rpc.result("eth_getTransactionCount", SENDER + ",'" + tag + "'").asText();
  }

  @Test
  void refusalsUseTheWordsThatLibrariesLookFor() {
    String raw = "'" + Rpc.raw(4).toHex() + "'";
    var _ = rpc.result("eth_sendRawTransaction", raw);
    assertEquals("-32003 already known", rpc.error("eth_sendRawTransaction", raw));
    assertEquals(
        "-32003 nonce too low: next nonce 4, tx nonce 1",
        rpc.error("eth_sendRawTransaction", "'" + Rpc.raw(1).toHex() + "'"));
    assertTrue(
        rpc.error("eth_sendRawTransaction", "'0x02c0'").startsWith("-32602 rlp: no transaction"));
  }

  @Test
  void malformedParametersAreNamed() {
    assertEquals("-32602 missing value for required argument 0", rpc.error("eth_getBalance", ""));
    assertEquals("-32602 an address has 20 bytes, not 1", rpc.error("eth_getBalance", "'0x00'"));
    assertEquals(
        "-32602 no quantity in hexadecimal digits with 0x in front: 0x01",
        rpc.error("eth_getBlockByNumber", "'0x01',false"));
    assertEquals(
        "-32602 a hash has 32 bytes, not 1", rpc.error("eth_getBlockByHash", "'0x00',false"));
  }

  @Test
  void storageIsAWordWhateverTheFormOfTheSlot() {
    String address = "'" + TestChain.STORE + "'";
    for (String slot : List.of("0x0", "0x00", "0x" + Rpc.word(0))) {
      assertEquals(
          "0x" + Rpc.word(5), rpc.result("eth_getStorageAt", address + ",'" + slot + "'").asText());
    }
  }

  @Test // EIP-1186
  void aProofLeadsFromTheStateRootToTheAccount() {
    JsonNode proof = rpc.result("eth_getProof", "'" + TestChain.STORE + "',['0x0','0x1'],'latest'");
    Hash root =
        Hash.fromHex(rpc.result("eth_getBlockByNumber", "'latest'").get("stateRoot").asText());
    Bytes first = Bytes.fromHex(proof.get("accountProof").get(0).asText());
    assertEquals(root, Keccak256.hash(first));
    assertEquals("0x5", proof.get("storageProof").get(0).get("value").asText());
    assertEquals("0x0", proof.get("storageProof").get(1).get("value").asText());
    assertEquals(
        Hash.fromHex(proof.get("storageHash").asText()),
        Keccak256.hash(
            Bytes.fromHex(proof.get("storageProof").get(0).get("proof").get(0).asText())));
  }

  @Test // Protocol §13.3.
  void aReceiptIsProvenUnderTheHeaderOfItsBlock() throws MalformedException, RpcError {
    for (int i = 0; i < 4; i++) {
      Hash transaction = rpc.transactionHash(i);
      JsonNode json = rpc.result("aitbc_receiptProof", "'" + transaction.toHex() + "'");
      BlockHeader header = BlockHeader.decode(Bytes.fromHex(json.get("header").asText()));
      assertEquals(rpc.blockHash(1), header.hash());
      ReceiptProof proof =
          new ReceiptProof(
              json.get("position").asInt(),
              nodes(json.get("transactionProof")),
              nodes(json.get("receiptProof")));
      assertEquals(
          new ReceiptProof.Outcome.Proven(rpc.chain.receipts(1).orElseThrow().get(i)),
          proof.verify(header, transaction));
      assertEquals(TestChain.SET.encoded().toHex(), json.get("validators").asText());
      assertFalse(json.has("certificate"));
    }
    String unknown = "'" + Hash.ZERO.toHex() + "'";
    assertTrue(rpc.result("aitbc_receiptProof", unknown).isNull());
    assertTrue(
        rpc.errorWhileBusy("aitbc_receiptProof", "'" + rpc.transactionHash(0).toHex() + "'")
            .startsWith("-32010 "),
        "it takes as long as a call");
    String first = "'" + rpc.transactionHash(0).toHex() + "'";
    rpc.chain.forgetBodiesBelow(2);
    assertEquals(
        "-32001 block not found or not kept by this node", rpc.error("aitbc_receiptProof", first));
  }

  private static MerkleProof nodes(JsonNode list) {
    List<Bytes> nodes = new ArrayList<>();
    list.forEach(node -> nodes.add(Bytes.fromHex(node.asText())));
    return new MerkleProof(nodes);
  }

  @Test
  void feeHistoryHasOneMoreBaseFeeThanBlocks() {
    JsonNode history = rpc.result("eth_feeHistory", "'0x2','latest',[0,50,100]");
    assertEquals("0x1", history.get("oldestBlock").asText());
    assertEquals(3, history.get("baseFeePerGas").size());
    assertEquals(2, history.get("gasUsedRatio").size());
    assertEquals("0x3b9aca00", history.get("reward").get(0).get(1).asText());
  }

  @Test
  void percentilesOfFeesAreFewAndAscend() {
    String hundred = "0,".repeat(FeePercentiles.COUNT_MAX);
    JsonNode history =
        rpc.result("eth_feeHistory", "'0x2','latest',[" + hundred.substring(2) + "100]");
    assertEquals(FeePercentiles.COUNT_MAX, history.get("reward").get(0).size());
    assertEquals(
        "-32602 at most 100 percentiles, in a list",
        rpc.error("eth_feeHistory", "'0x2','latest',[" + hundred + "100]"));
    assertEquals(
        "-32602 at most 100 percentiles, in a list",
        rpc.error("eth_feeHistory", "'0x2','latest',{'a':1}"));
    for (String wrong : List.of("50,10", "-1", "100.1", "'x'")) {
      assertEquals(
          "-32602 percentiles are numbers from 0 to 100, ascending",
          rpc.error("eth_feeHistory", "'0x2','latest',[" + wrong + "]"),
          wrong);
    }
  }

  @Test
  void aCallReturnsWhatTheContractReturns() {
    assertEquals(
        "0xff01", rpc.result("eth_call", call(TestChain.ECHO.toString(), "ff01")).asText());
    assertEquals("0x", rpc.result("eth_call", call(TestChain.RECEIVER.toString(), "ff")).asText());
  }

  @Test
  void aRevertCarriesItsDataAndItsReason() {
    String reason =
        "08c379a0" + Rpc.word(32) + Rpc.word(2) + "6e6f" + "0".repeat(60); // Error("no")
    JsonNode error = rpc.call("eth_call", call(TestChain.REVERT.toString(), reason)).get("error");
    assertEquals(3, error.get("code").asInt());
    assertEquals("execution reverted: no", error.get("message").asText());
    assertEquals("0x" + reason, error.get("data").asText());
    assertEquals(
        "3 execution reverted: assert(false)",
        rpc.error("eth_call", call(TestChain.REVERT.toString(), "4e487b71" + Rpc.word(1))));
    assertEquals(
        "3 execution reverted", rpc.error("eth_call", call(TestChain.REVERT.toString(), "")));
    // A length that points beyond the data is no reason.
    String lie = "08c379a0" + Rpc.word(32) + Rpc.word(1L << 40);
    assertEquals(
        "3 execution reverted", rpc.error("eth_call", call(TestChain.REVERT.toString(), lie)));
  }

  @Test
  void aCallThatNeverEndsEndsWithItsGas() {
    assertEquals("-32000 out of gas", rpc.error("eth_call", call(TestChain.LOOP.toString(), "")));
    assertEquals(
        "-32000 gas required exceeds allowance (100000)",
        rpc.error("eth_estimateGas", "{'to':'" + TestChain.LOOP + "','gas':'0x186a0'}"));
  }

  @Test
  void anEstimateIsTheLeastGasThatWorks() {
    assertEquals(
        "0x5208",
        rpc.result("eth_estimateGas", "{'to':'" + TestChain.RECEIVER + "','value':'0x0'}")
            .asText());
    String store = "'to':'%s','input':'0x%s'".formatted(TestChain.STORE, Rpc.word(9));
    long gas = Long.decode(rpc.result("eth_estimateGas", "{" + store + "}").asText());
    String enough = "{%s,'gas':'0x%x'}".formatted(store, gas);
    String tooLittle = "{%s,'gas':'0x%x'}".formatted(store, gas - 1);
    assertEquals("0x", rpc.result("eth_call", enough).asText());
    assertEquals("-32000 out of gas", rpc.error("eth_call", tooLittle));
  }

  @Test
  void anEstimateOfMoreThanTheSenderHasIsRefused() {
    String rich =
        "{'from':'%s','to':'%s','value':'0xffffffffffffffffffffffffff','maxFeePerGas':'0x77359400'}"
            .formatted(TestChain.SENDER, TestChain.RECEIVER);
    assertEquals("-32000 insufficient funds for transfer", rpc.error("eth_estimateGas", rich));
  }

  @Test
  void whoCannotPayTheValueIsToldSo() {
    String poor =
        "{'from':'%s','to':'%s','value':'0x5'}".formatted(TestChain.ECHO, TestChain.RECEIVER);
    String expected = "-32000 insufficient funds for gas * price + value: have 0 want 5";
    assertEquals(expected, rpc.error("eth_call", poor));
    assertEquals(expected, rpc.error("eth_estimateGas", poor));
  }

  @Test
  void aCallMayChangeTheStateItSees() {
    String to = TestChain.RECEIVER.toString();
    String overrides =
        "{'%s':{'code':'0x5f545f5260205ff3','stateDiff':{'0x0':'0x2a'}}}".formatted(to);
    assertEquals(
        "0x" + Rpc.word(42),
        rpc.result("eth_call", call(to, "") + ",'latest'," + overrides).asText());
    assertEquals("0x", rpc.result("eth_getCode", "'" + to + "'").asText());
  }

  @Test
  void feesOfACallAreHeldToTheBaseFee() {
    String low = "{'to':'%s','maxFeePerGas':'0x1'}".formatted(TestChain.ECHO);
    assertTrue(
        rpc.error("eth_call", low).startsWith("-32000 max fee per gas less than block base fee"));
    String both = "{'to':'%s','gasPrice':'0x1','maxFeePerGas':'0x1'}".formatted(TestChain.ECHO);
    assertTrue(rpc.error("eth_call", both).startsWith("-32602 both gasPrice and"));
  }

  @Test
  void everyMethodAnswersWithoutParametersOrSaysWhatIsMissing() {
    List<String> broken = new ArrayList<>();
    for (String method : rpc.methods.names()) {
      int code = rpc.call(method, "").path("error").path("code").asInt();
      if (code != 0 && code != -32602) {
        broken.add(method + " " + code);
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void everyMethodRefusesParametersOfTheWrongKind() {
    List<String> broken = new ArrayList<>();
    for (String parameter : List.of("{}", "[]", "5", "true", "null", "'x'", "'0x'", "-1", "1.5")) {
      for (String method : rpc.methods.names()) {
        int code =
            rpc.call(method, (parameter + ",").repeat(3) + parameter)
                .path("error")
                .path("code")
                .asInt();
        if (code == -32603) {
          broken.add(method + " " + parameter);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  private String tx(int index) {
    return "'" + rpc.transactionHash(index).toHex() + "'";
  }

  private static String call(String to, String input) {
    return "{'to':'%s','input':'0x%s'}".formatted(to, input);
  }

  @Test
  void aTransactionIsFoundBySenderAndNonce() {
    for (int nonce = 0; nonce < 4; nonce++) {
      JsonNode found = bySenderAndNonce(TestChain.SENDER.toString(), nonce);
      assertEquals(rpc.transactionHash(nonce).toHex(), found.get("hash").asText());
    }
    assertTrue(bySenderAndNonce(TestChain.SENDER.toString(), 4).isNull());
    var _ = rpc.result("eth_sendRawTransaction", "'" + Rpc.raw(4).toHex() + "'");
    assertTrue(bySenderAndNonce(TestChain.SENDER.toString(), 4).get("blockHash").isNull());
    assertTrue(bySenderAndNonce(TestChain.RECEIVER.toString(), 0).isNull());
  }

  private JsonNode bySenderAndNonce(String sender, int nonce) {
    String parameters = "'%s','0x%x'".formatted(sender, nonce);
    return rpc.result("eth_getTransactionBySenderAndNonce", parameters);
  }

  @Test
  void theConfigurationNamesEveryPrecompileAndForks() {
    JsonNode now = rpc.result("eth_config", "").get("current");
    assertEquals(18 + 7, now.get("precompiles").size());
    now.get("precompiles")
        .fieldNames()
        .forEachRemaining(name -> assertFalse(name.startsWith("0x")));
    ExecutionParameters osaka = ExecutionParameters.of(TestChain.CHAIN_ID);
    ExecutionParameters forking =
        new ExecutionParameters(
            TestChain.CHAIN_ID,
            new ForkSchedule(
                List.of(
                    new ForkSchedule.Activation(0, Fork.CANCUN),
                    new ForkSchedule.Activation(1_150_000, Fork.PRAGUE),
                    new ForkSchedule.Activation(1_920_000, Fork.OSAKA))),
            osaka.fastGasLimit(),
            osaka.balancedGasLimit(),
            osaka.secureGasLimit(),
            osaka.fees());
    // EIP-2124's examples: the genesis hash of Ethereum's main network and its first two forks.
    Hash mainnet =
        Hash.fromHex("0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3");
    StateView state = rpc.chain.state(2).orElseThrow();
    JsonNode config = ConfigMethods.config(forking, mainnet, 0, state, _ -> Precompiles.NONE);
    assertEquals("0xfc64ec04", config.get("current").get("forkId").asText());
    assertEquals("0x97c2c34c", config.get("next").get("forkId").asText());
    assertEquals("0x91d1f948", config.get("last").get("forkId").asText());
    config = ConfigMethods.config(forking, mainnet, 1_920_000, state, _ -> Precompiles.NONE);
    assertEquals("0x91d1f948", config.get("current").get("forkId").asText());
    assertTrue(config.get("next").isNull() && config.get("last").isNull());
  }
}
