// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.aitbc.model.NetworkKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RestPathsTest {
  private static final String ACCOUNT = "00000000000000000000000000000000000000aa";
  private final Rpc rpc = new Rpc();

  /// `older-shapes.json` has the members that the older platform answers, by its source.
  @Test
  void everyAnswerHasTheMembersThatTheOlderPlatformsHad() throws IOException {
    assertEquals(200, send("{'raw':'%s'}".formatted(Rpc.raw(4).toHex())).status());
    JsonNode shapes;
    try (InputStream file = RestPathsTest.class.getResourceAsStream("older-shapes.json")) {
      shapes = Rpc.JSON.readTree(requireNonNull(file));
    }
    List<String> wrong = new ArrayList<>();
    shapes
        .properties()
        .forEach(shape -> {
          String path =
              shape
                  .getKey()
                  .replace("TRANSACTION", rpc.transactionHash(2).toHex())
                  .replace("SENDER", TestChain.SENDER.toString())
                  .replace("RECEIVER", TestChain.RECEIVER.toString());
          compare(shape.getKey(), shape.getValue(), got(path), wrong);
        });
    assertEquals(List.of(), wrong);
  }

  /// A member that is null says that this network has no such thing; `absent` ones are left out,
  /// and docs/rest.md says so.
  private static void compare(String at, JsonNode shape, JsonNode answer, List<String> wrong) {
    if (shape.isObject()) {
      if (!answer.isObject()) {
        wrong.add(at + " is no object: " + answer);
        return;
      }
      for (Map.Entry<String, JsonNode> each : shape.properties()) {
        JsonNode member = answer.path(each.getKey());
        String place = at + "." + each.getKey();
        if (each.getValue().asText().equals("absent")) {
          if (!member.isMissingNode()) {
            wrong.add(place + " is there");
          }
        } else if (!member.isNull()) {
          compare(place, each.getValue(), member, wrong);
        }
      }
    } else if (shape.isArray()) {
      if (!answer.isArray() || (!shape.isEmpty() && answer.isEmpty())) {
        wrong.add(at + " is no list, or an empty one: " + answer);
      } else if (!shape.isEmpty()) {
        answer.forEach(each -> compare(at + "[]", shape.get(0), each, wrong));
      }
    } else if (answer.getNodeType()
        != JsonNodeType.valueOf(shape.asText().toUpperCase(Locale.ROOT))) {
      wrong.add(at + " is no " + shape.asText() + ": " + answer);
    }
  }

  @Test
  void anAmountIsInComputeSecondsAndExactInWei() {
    // 1,000 AITBC are 3,600,000 compute-seconds.
    JsonNode account = got("account/" + TestChain.SENDER);
    assertEquals(3_600_000, account.path("balance").asInt());
    assertEquals("1000000000000000000000", account.path("balance_wei").asText());
    assertEquals(4, account.path("nonce").asInt());
    JsonNode staked = got("staking/ait1" + ACCOUNT);
    assertEquals(20_000 * 3_600, staked.path("total_staked").asInt());
    assertEquals(
        staked.path("total_staked_wei"), got("balance/aitbc1" + ACCOUNT).path("staked_wei"));
    String standby = "[{'account':'0xaa','stake':1500000,'role':'STANDBY'}]";
    JsonNode validators = RestJson.validators("1", Rpc.parse(standby));
    assertEquals(List.of("1.5"), validators.findValuesAsText("stake"));
    assertEquals(List.of("standby"), validators.findValuesAsText("role"));
  }

  @Test
  void aBlockIsToldAsJsonRpcTellsIt() {
    JsonNode block = rpc.result("eth_getBlockByNumber", "'0x1',true");
    JsonNode told = got("blocks/1");
    assertEquals(block.path("hash"), told.path("hash"));
    assertEquals(block.path("parentHash"), told.path("parent_hash"));
    assertEquals("2023-11-14T22:13:21Z", told.path("timestamp").asText());
    assertEquals(
        block.path("transactions").findValuesAsText("hash"),
        told.path("transactions").findValuesAsText("tx_hash"));
    assertEquals(
        List.of("confirmed", "failed", "confirmed", "confirmed"),
        told.path("transactions").findValuesAsText("status"));
    assertEquals(
        List.of("TRANSFER", "CONTRACT", "TRANSFER", "TRANSFER"),
        told.path("transactions").findValuesAsText("type"));
    // 21,000 gas at 2 gwei.
    assertEquals("42000000000000", told.path("transactions").get(0).path("fee_wei").asText());
    assertEquals(told, got("blocks-range?start=1&end=1").path("blocks").get(0));
    JsonNode heads = got("blocks-range?limit=2&include_tx=False");
    assertEquals(List.of("1", "2"), heads.path("blocks").findValuesAsText("height"));
    assertEquals(4, heads.path("blocks").get(0).path("tx_count").asInt());
    assertFalse(heads.path("blocks").get(0).has("transactions"));
    assertEquals(3, got("blocks-range").path("count").asInt());
  }

  @Test
  void theLatestTransactionsComeFirstAndAreLookedForByAccountAndType() {
    List<String> all = got("transactions").findValuesAsText("tx_hash");
    assertEquals(
        List.of(3, 2, 1, 0).stream().map(i -> rpc.transactionHash(i).toHex()).toList(), all);
    assertEquals(all.subList(0, 2), got("transactions?limit=2").findValuesAsText("tx_hash"));
    assertEquals(
        List.of(all.get(0), all.get(1), all.get(3)),
        got("transactions?address=ait1" + ACCOUNT).findValuesAsText("tx_hash"));
    assertEquals(
        List.of(all.get(2)),
        got("transactions?transaction_type=CONTRACT").findValuesAsText("tx_hash"));
    var _ = refused(400, "transactions?job_id=7", "transactions are not kept by job_id here");
    rpc.chain.forgetBodiesBelow(2);
    assertEquals(List.of(), got("transactions").findValuesAsText("tx_hash"));
  }

  @Test
  void whatIsNotThereIsNotFoundAndWhatIsMalformedIsRefused() {
    var _ = refused(404, "blocks/3", "block not found");
    var _ = refused(404, "transaction/" + "0".repeat(64), "not found");
    var _ = refused(404, "account/0x" + "1".repeat(40), "Account not found");
    var _ = refused(404, "height?chain_id=ait-mainnet", "no chain ait-mainnet here, this is 26473");
    assertEquals(2, got("height?chain_id=26473").path("height").asInt());
    assertEquals(2, got("height?chain_id=").path("height").asInt());
    var _ = refused(400, "blocks/-1", "no whole number");
    var _ = refused(400, "blocks/0x1", "no whole number");
    var _ = refused(400, "account/ait1faucet000000000000000000000000000000000", "no address");
    var _ = refused(400, "transaction/0x12", "no hash");
    for (int i = 0; i < RestPaths.BLOCKS_MAX; i++) {
      rpc.chain.grow();
    }
    var _ = refused(400, "blocks-range?start=0&end=100", "at most 100 blocks at one time");
    assertEquals(100, got("blocks-range?start=1&end=100").path("count").asInt());
  }

  @Test
  void whatIsNotServedIsNamedWithTheMethodToUse() {
    List.of(
            "block/1=eth_getBlockByNumber",
            "chains=eth_chainId",
            "escrow/7=aitbc_job",
            "state/snapshot=eth_getProof",
            "islands/list=aitbc_status",
            "governance/proposal/1=aitbc_proposals",
            "consensus/leader=aitbc_mode",
            "nothing=aitbc_status")
        .forEach(each -> {
          String[] parts = each.split("=", -1);
          JsonNode body = refused(404, parts[0], "is not served here");
          assertEquals(parts[1], body.path("use").asText());
        });
    var _ = refused(501, "genesis_allocations", "the genesis file");
    for (String path : List.of("staking/stake", "faucet", "governance/vote", "escrow/create")) {
      RestPaths.Answer answer = rpc.rest.post(RestPaths.PREFIX + path, new byte[0]);
      assertEquals(404, answer.status());
      assertEquals(
          "eth_sendRawTransaction", Rpc.parse(answer.body().toArray()).path("use").asText(), path);
    }
  }

  @Test
  void everyMethodThatIsNamedIsServed() {
    List<String> names = new ArrayList<>(RestRefusal.uses());
    assertTrue(names.remove("eth_subscribe"), "over WebSocket alone");
    assertTrue(rpc.methods.names().containsAll(names), names.toString());
  }

  @Test
  void aSignedTransactionIsTakenAndOneOfTheOlderFormIsNot() {
    RestPaths.Answer older =
        send(
            "{'from':'ait1aa','to':'ait1bb','amount':1,'fee':36,'nonce':0,'type':'TRANSFER',"
                + "'payload':{},'signature':'00'}");
    assertEquals(400, older.status());
    JsonNode body = Rpc.parse(older.body().toArray());
    assertTrue(body.path("detail").asText().contains("for chain id 26473"), body.toString());
    assertEquals("eth_sendRawTransaction", body.path("use").asText());

    RestPaths.Answer taken = send("{'raw':'%s'}".formatted(Rpc.raw(4).toHex()));
    assertEquals(200, taken.status());
    String hash = TestChain.transfer(4).hash().toHex();
    assertEquals(hash, Rpc.parse(taken.body().toArray()).path("transaction_hash").asText());
    assertEquals("pending", got("transaction/" + hash.substring(2)).path("status").asText());
    assertEquals(List.of(hash), got("mempool").findValuesAsText("tx_hash"));
    assertEquals(0, got("mempool?limit=0").path("count").asInt());

    RestPaths.Answer again = send("{'raw':'%s'}".formatted(Rpc.raw(4).toHex()));
    assertEquals(400, again.status());
    assertEquals("already known", Rpc.parse(again.body().toArray()).path("detail").asText());
    assertEquals(-32003, Rpc.parse(again.body().toArray()).path("code").asInt());
    assertEquals(400, send("{'raw':'0x12'}").status());
    assertEquals(400, send("{'raw'").status());
  }

  @Test
  void aMethodThatIsNotServedIsNotServedByAPathEither() {
    Dispatcher some =
        new Dispatcher(rpc.methods.of(List.of("eth")), new NetworkKind.Hybrid(), (_, _, _) -> {});
    RestPaths paths = new RestPaths(some, new NetworkKind.Hybrid());
    assertEquals(200, paths.get("/rpc/head").status());
    assertEquals(404, paths.get("/rpc/mempool").status());
    assertEquals(404, paths.get("/rpc/consensus/validators").status());
  }

  @Test
  void everyCallBehindAPathIsCounted() {
    rpc.calls.clear();
    var _ = got("height");
    var _ = refused(404, "transaction/" + "0".repeat(64), "not found");
    var _ = refused(404, "consensus-", "is not served");
    assertEquals(List.of("eth_blockNumber OK", "eth_getTransactionByHash OK"), rpc.calls);
  }

  // Protocol §10.4.
  @Test
  void whereNothingIsFinalEveryAnswerSaysSo() {
    Rpc poa = new Rpc(new NetworkKind.Poa(NetworkKind.Poa.SLOT_MILLIS_DEFAULT));
    for (String path : List.of("head", "blocks/1", "blocks/9", "no-path", "account/no-address")) {
      JsonNode answer = Rpc.parse(poa.rest.get(RestPaths.PREFIX + path).body().toArray());
      assertEquals("not final", answer.path("finality").asText(), path);
    }
    JsonNode list = Rpc.parse(poa.rest.get("/rpc/transactions").body().toArray());
    assertEquals(4, list.findValuesAsText("finality").size());
    assertFalse(got("head").has("finality"));
  }

  @Test
  void convictionsAreToldInTheOlderShape() {
    JsonNode told =
        RestJson.slashings(
            "1",
            Rpc.parse(
                "[{'account':'0xaa','event':'CONVICTED','offenceHeight':3,'classes':1,'block':5,"
                    + "'transaction':'0x12'},{'account':'0xaa','event':'FINISHED',"
                    + "'millionths':100000,'block':9,'transaction':'0x13'}]"),
            Rpc.parse("[]"));
    assertEquals(
        Rpc.parse(
            "{'slashing_events':[{'validator_address':'0xaa','condition':'convicted',"
                + "'evidence':'0x12','block_height':5,'slash_rate':null,'stake_before':null,'slashed_amount':null},"
                + "{'validator_address':'0xaa','condition':'finished','evidence':'0x13',"
                + "'block_height':9,'slash_rate':0.100000,'stake_before':null,"
                + "'slashed_amount':null}],'chain_id':'1','multi_validator_enabled':false}"),
        Rpc.parse(told.toString()));
  }

  private RestPaths.Answer send(String body) {
    return rpc.rest.post(
        "/rpc/transaction", body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private JsonNode got(String path) {
    RestPaths.Answer answer = rpc.rest.get(RestPaths.PREFIX + path);
    JsonNode body = Rpc.parse(answer.body().toArray());
    assertEquals(200, answer.status(), () -> path + ": " + body);
    return body;
  }

  private JsonNode refused(int status, String path, String detail) {
    RestPaths.Answer answer = rpc.rest.get(RestPaths.PREFIX + path);
    JsonNode body = Rpc.parse(answer.body().toArray());
    assertEquals(status, answer.status(), () -> path + ": " + body);
    assertTrue(body.path("detail").asText().contains(detail), () -> path + ": " + body);
    return body;
  }
}
