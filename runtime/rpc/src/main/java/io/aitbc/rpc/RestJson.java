// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.model.Amount;
import io.aitbc.model.VotingPower;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The shapes of the older platform's answers, made of what methods of JSON-RPC answer. Amounts are
/// compute-seconds, rounded down; beside each stands the exact one in wei, as a text.
final class RestJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MILLIS_DIGITS = 3;
  private static final int MILLIONTHS_DIGITS = 6;
  private static final int AITBC_DIGITS = 18;

  private RestJson() {}

  /// The number behind a quantity, or behind data.
  static BigInteger wei(JsonNode quantity) {
    return new BigInteger(quantity.asText().substring(2), 16);
  }

  static long number(JsonNode quantity) {
    return wei(quantity).longValueExact();
  }

  private static String time(JsonNode seconds) {
    return Instant.ofEpochSecond(number(seconds)).toString();
  }

  /// Puts an amount under a name, and exactly under the name with `_wei` behind it.
  private static void putAmount(ObjectNode json, String name, BigInteger wei) {
    json.put(name, OlderPlatform.seconds(Amount.wei(wei))).put(name + "_wei", wei.toString());
  }

  static ObjectNode head(JsonNode block) {
    return NODES
        .objectNode()
        .put("height", number(block.path("number")))
        .put("hash", block.path("hash").asText())
        .put("timestamp", time(block.path("timestamp")))
        .put("tx_count", block.path("transactions").size());
  }

  /// What is not counted here is null.
  static ObjectNode info(String chainId, JsonNode head, JsonNode mode, JsonNode status) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("chain_id", chainId)
            .put("height", number(head.path("number")))
            .putNull("total_transactions")
            .putNull("total_accounts");
    json.putObject("genesis_params")
        .put("block_time_seconds", seconds(mode.path("blockIntervalMillis")))
        .putNull("max_block_size_bytes");
    return json.put("last_block_hash", head.path("hash").asText())
        .put("timestamp", time(head.path("timestamp")))
        .put("version", status.path("version").asText())
        .put("peers", status.path("peers").asInt())
        .put("syncing", status.path("syncing").asBoolean())
        .put("blocks_behind", status.path("blocksBehind").asLong())
        .put("pending_transactions", status.path("pendingTransactions").asInt());
  }

  /// Null where no mode says it.
  private static @Nullable BigDecimal seconds(JsonNode millis) {
    return millis.isNumber() ? BigDecimal.valueOf(millis.asLong(), MILLIS_DIGITS) : null;
  }

  /// A block without its transactions.
  static ObjectNode block(String chainId, JsonNode block, JsonNode certificate) {
    ObjectNode json = NODES.objectNode().put("chain_id", chainId);
    json.setAll(head(block));
    json.put("parent_hash", block.path("parentHash").asText())
        .put("proposer", block.path("miner").asText())
        .put("state_root", block.path("stateRoot").asText())
        .set("signature", certificate);
    return json;
  }

  /// `TRANSFER`, or `CONTRACT` where there is code to run.
  static String type(JsonNode transaction) {
    boolean isTransfer =
        transaction.path("to").isTextual() && transaction.path("input").asText().equals("0x");
    return isTransfer ? "TRANSFER" : "CONTRACT";
  }

  private static String state(JsonNode receipt) {
    if (!receipt.isObject()) {
      return "pending";
    }
    return receipt.path("status").asText().equals("0x1") ? "confirmed" : "failed";
  }

  /// What a transaction cost or, while it waits, costs at most.
  private static BigInteger fee(JsonNode transaction, JsonNode receipt) {
    return receipt.isObject()
        ? wei(receipt.path("gasUsed")).multiply(wei(receipt.path("effectiveGasPrice")))
        : wei(transaction.path("gas")).multiply(wei(transaction.path("gasPrice")));
  }

  private static void putCommon(ObjectNode json, JsonNode transaction, JsonNode receipt) {
    ObjectNode payload = json.putObject("payload");
    if (!transaction.path("input").asText().equals("0x")) {
      payload.set("input", transaction.path("input"));
    }
    json.put("type", type(transaction))
        .put("status", state(receipt))
        .put("nonce", wei(transaction.path("nonce")));
    putAmount(json, "value", wei(transaction.path("value")));
    putAmount(json, "fee", fee(transaction, receipt));
  }

  /// A transaction as blocks and the pool tell it.
  static ObjectNode inBlock(JsonNode transaction, JsonNode receipt) {
    ObjectNode json = NODES.objectNode().put("tx_hash", transaction.path("hash").asText());
    json.set("from", transaction.path("from"));
    json.set("to", transaction.path("to"));
    putCommon(json, transaction, receipt);
    return json;
  }

  /// A transaction by itself.
  static ObjectNode transaction(String chainId, JsonNode transaction, JsonNode receipt) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("tx_hash", transaction.path("hash").asText())
            .put("chain_id", chainId);
    if (transaction.path("blockNumber").isTextual()) {
      json.put("block_height", number(transaction.path("blockNumber")));
    } else {
      json.putNull("block_height");
    }
    json.set("sender", transaction.path("from"));
    json.set("recipient", transaction.path("to"));
    putCommon(json, transaction, receipt);
    JsonNode seconds = transaction.path("blockTimestamp");
    JsonNode time = seconds.isTextual() ? NODES.textNode(time(seconds)) : NODES.nullNode();
    json.set("created_at", time);
    json.set("timestamp", time);
    return json;
  }

  static ObjectNode account(String address, String chainId, JsonNode balance, JsonNode nonce) {
    ObjectNode json = NODES.objectNode().put("address", address);
    putAmount(json, "balance", wei(balance));
    return json.put("nonce", wei(nonce)).put("chain_id", chainId);
  }

  /// What an account has in its own pool; nothing in a network without the contracts.
  private static BigInteger staked(JsonNode rewards) {
    return rewards.isObject() ? wei(rewards.path("stake")) : BigInteger.ZERO;
  }

  static ObjectNode balance(
      String address, String chainId, JsonNode head, JsonNode balance, JsonNode rewards) {
    BigInteger staked = staked(rewards);
    ObjectNode json = NODES.objectNode().put("address", address).put("chain_id", chainId);
    putAmount(json, "available_balance", wei(balance));
    putAmount(json, "staked", staked);
    putAmount(json, "bridge_locked", BigInteger.ZERO);
    putAmount(json, "total_balance", wei(balance).add(staked));
    return json.put("timestamp", time(head.path("timestamp")));
  }

  static ObjectNode staking(String address, String chainId, JsonNode rewards, JsonNode validator) {
    BigInteger staked = staked(rewards);
    ObjectNode json =
        NODES.objectNode().put("success", true).put("address", address).put("chain_id", chainId);
    putAmount(json, "total_staked", staked);
    json.put("active_stake_count", staked.signum());
    ArrayNode list = json.putArray("active_stakes");
    if (staked.signum() > 0) {
      ObjectNode stake = list.addObject().put("stake_id", address);
      putAmount(stake, "amount", staked);
      stake
          .putNull("locked_until")
          .put("status", validator.path("staker").path("state").asText().toLowerCase(Locale.ROOT))
          .putNull("created_at");
    }
    return json;
  }

  static ObjectNode network(String chainId, JsonNode status, JsonNode validators) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("node_id", status.path("nodeId").asText())
            .put("p2p_node_id", status.path("nodeId").asText())
            .put("chain_id", chainId)
            .put("genesis_hash", status.path("genesisHash").asText())
            .put("version", status.path("version").asText())
            .put("role", status.path("validator").asBoolean() ? "validator" : "follower")
            .put("peers", status.path("peers").asInt());
    json.putArray("supported_chains").add(chainId);
    ArrayNode list = json.putArray("validators");
    validators.forEach(each -> list.add(each.path("account").asText()));
    return json;
  }

  static ObjectNode consensus(
      String chainId, JsonNode status, JsonNode mode, JsonNode epoch, JsonNode validators) {
    String quorum = mode.path("quorum").asText();
    ObjectNode json =
        NODES
            .objectNode()
            .put("mode", mode.isObject() ? quorum : "PoA")
            .put("multi_validator_enabled", validators.size() > 1)
            .put("chain_id", chainId);
    if (mode.isObject()) {
      json.set("fault_tolerance", mode.path("headroom").path(quorum));
    } else {
      json.putNull("fault_tolerance");
    }
    json.put("active_validators", validators.size())
        .put("total_validators", validators.size())
        .put("current_view", status.path("round").asInt())
        .put("current_sequence", status.path("height").asLong() + 1);
    return epoch.isObject()
        ? json.put("current_epoch", epoch.path("epoch").asLong())
        : json.putNull("current_epoch");
  }

  static ObjectNode validators(String chainId, JsonNode validators) {
    ObjectNode json = NODES.objectNode();
    ArrayNode list = json.putArray("validators");
    for (JsonNode each : validators) {
      list.addObject()
          .put("address", each.path("account").asText())
          .put("stake", aitbc(each.path("stake").asLong()))
          .put("role", each.path("role").asText().toLowerCase(Locale.ROOT))
          .put("is_active", true)
          .put("authority", each.path("authority").asBoolean());
    }
    return json.put("chain_id", chainId).put("multi_validator_enabled", validators.size() > 1);
  }

  /// Stake in AITBC, exactly.
  private static String aitbc(long units) {
    BigInteger wei = Amount.wei(VotingPower.WEI_PER_UNIT).times(units).wei().toBigInteger();
    return new BigDecimal(wei, AITBC_DIGITS).stripTrailingZeros().toPlainString();
  }

  static ObjectNode slashings(String chainId, JsonNode slashings, JsonNode validators) {
    ObjectNode json = NODES.objectNode();
    ArrayNode list = json.putArray("slashing_events");
    for (JsonNode each : slashings) {
      ObjectNode event =
          list.addObject()
              .put("validator_address", each.path("account").asText())
              .put("condition", each.path("event").asText().toLowerCase(Locale.ROOT))
              .put("evidence", each.path("transaction").asText())
              .put("block_height", each.path("block").asLong());
      if (each.has("millionths")) {
        event.put(
            "slash_rate", BigDecimal.valueOf(each.path("millionths").asLong(), MILLIONTHS_DIGITS));
      } else {
        event.putNull("slash_rate");
      }
      event.putNull("stake_before").putNull("slashed_amount");
    }
    return json.put("chain_id", chainId).put("multi_validator_enabled", validators.size() > 1);
  }
}
