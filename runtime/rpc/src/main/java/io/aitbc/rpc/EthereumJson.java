// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.AccessListEntry;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Authorization;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionType;
import io.aitbc.model.UInt256;
import io.aitbc.state.MerkleProof;
import io.aitbc.state.StateProof;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Ethereum's JSON shapes of blocks, transactions, receipts and logs, as the execution-apis
/// specification gives them.
final class EthereumJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// EIP-155: v of a legacy transaction is this, twice the chain id, and the parity.
  private static final long PROTECTED_V_BASE = 35;

  private static final long UNPROTECTED_V_BASE = 27;
  private static final String NO_DIFFICULTY = "0x0";

  private EthereumJson() {}

  /// How transactions of a block are shown.
  enum Transactions {
    /// Their hashes.
    HASHES,
    /// All of them.
    FULL
  }

  /// Where a transaction stands; absent while it is pending.
  ///
  /// @param hash of the header, made once for all that is shown of a block
  record Position(BlockHeader header, Hash hash, int index) {
    /// Of one transaction alone.
    Position(BlockHeader header, int index) {
      this(header, header.hash(), index);
    }
  }

  static String quantity(long value) {
    return "0x" + Long.toHexString(value);
  }

  static ObjectNode block(Block block, Transactions transactions) {
    BlockHeader header = block.header();
    ObjectNode json = header(header);
    json.put("size", quantity(block.encode().length()));
    ArrayNode list = json.putArray("transactions");
    Hash hash = header.hash();
    int index = 0;
    for (Transaction transaction : block.transactions()) {
      switch (transactions) {
        case HASHES -> list.add(transaction.hash().toHex());
        case FULL -> {
          var position = new Position(header, hash, index);
          list.add(transaction(transaction, Optional.of(position)));
        }
      }
      index++;
    }
    json.putArray("uncles");
    json.putArray("withdrawals");
    return json;
  }

  static ObjectNode header(BlockHeader header) {
    ObjectNode json = NODES.objectNode();
    json.put("number", quantity(header.number()));
    json.put("hash", header.hash().toHex());
    json.put("parentHash", header.parentHash().toHex());
    json.put("sha3Uncles", BlockHeader.NO_OMMERS_HASH.toHex());
    json.put("miner", header.beneficiary().toString());
    json.put("stateRoot", header.stateRoot().toHex());
    json.put("transactionsRoot", header.transactionsRoot().toHex());
    json.put("receiptsRoot", header.receiptsRoot().toHex());
    json.put("logsBloom", header.logsBloom().bytes().toHex());
    json.put("difficulty", NO_DIFFICULTY);
    json.put("gasLimit", quantity(header.gasLimit()));
    json.put("gasUsed", quantity(header.gasUsed()));
    json.put("timestamp", quantity(header.timestampSeconds()));
    json.put("extraData", header.extraData().toHex());
    json.put("mixHash", header.mixHash().toHex());
    json.put("nonce", "0x0000000000000000");
    json.put("baseFeePerGas", amount(header.baseFeePerGas()));
    json.put("withdrawalsRoot", header.withdrawalsRoot().toHex());
    json.put("blobGasUsed", quantity(header.blobGasUsed()));
    json.put("excessBlobGas", quantity(header.excessBlobGas()));
    json.put("parentBeaconBlockRoot", header.parentBeaconBlockRoot().toHex());
    header.requestsHash().ifPresent(hash -> json.put("requestsHash", hash.toHex()));
    return json;
  }

  static ObjectNode transaction(Transaction transaction, Optional<Position> position) {
    return transaction(transaction, sender(transaction), position);
  }

  /// The same of one that nobody signed.
  static ObjectNode transaction(
      Transaction transaction, String sender, Optional<Position> position) {
    ObjectNode json = NODES.objectNode();
    json.put("type", quantity(transaction.type().code()));
    json.put("hash", transaction.hash().toHex());
    json.put("nonce", quantity(transaction.nonce()));
    json.put("from", sender);
    json.put("to", transaction.to().map(Address::toString).orElse(null));
    json.put("value", amount(transaction.value()));
    json.put("gas", quantity(transaction.gasLimit()));
    json.put("input", transaction.data().toHex());
    position.ifPresentOrElse(
        place -> {
          json.put("blockHash", place.hash().toHex());
          json.put("blockNumber", quantity(place.header().number()));
          json.put("blockTimestamp", quantity(place.header().timestampSeconds()));
          json.put("transactionIndex", quantity(place.index()));
        },
        () ->
            List.of("blockHash", "blockNumber", "blockTimestamp", "transactionIndex")
                .forEach(json::putNull));
    fees(json, transaction, position);
    transaction.chainId().ifPresent(chainId -> json.put("chainId", chainId.toHex()));
    if (transaction.type() != TransactionType.LEGACY) {
      accessList(json.putArray("accessList"), transaction.accessList());
      json.put("yParity", quantity(transaction.signature().yParity()));
    }
    if (transaction.type() == TransactionType.SET_CODE) {
      authorizations(json.putArray("authorizationList"), transaction.authorizations());
    }
    json.put("v", v(transaction).toHex());
    json.put("r", transaction.signature().r().toHex());
    json.put("s", transaction.signature().s().toHex());
    return json;
  }

  static ObjectNode receipt(Block block, List<Receipt> receipts, int index) {
    Receipt receipt = receipts.get(index);
    Transaction transaction = block.transactions().get(index);
    BlockHeader header = block.header();
    long before = index == 0 ? 0 : receipts.get(index - 1).cumulativeGasUsed();
    Position position = new Position(header, index);
    int logsBefore = receipts.subList(0, index).stream().mapToInt(r -> r.logs().size()).sum();
    ObjectNode json = NODES.objectNode();
    json.put("type", quantity(transaction.type().code()));
    json.put("status", quantity(receipt.outcome().code()));
    json.put("cumulativeGasUsed", quantity(receipt.cumulativeGasUsed()));
    json.put("gasUsed", quantity(receipt.cumulativeGasUsed() - before));
    json.put("effectiveGasPrice", amount(transaction.effectiveGasPrice(header.baseFeePerGas())));
    json.put("transactionHash", transaction.hash().toHex());
    json.put("transactionIndex", quantity(index));
    json.put("blockHash", position.hash().toHex());
    json.put("blockNumber", quantity(header.number()));
    json.put("from", sender(transaction));
    json.put("to", transaction.to().map(Address::toString).orElse(null));
    json.put("contractAddress", created(transaction, receipt));
    json.put("logsBloom", receipt.bloom().bytes().toHex());
    ArrayNode logs = json.putArray("logs");
    for (int i = 0; i < receipt.logs().size(); i++) {
      logs.add(log(receipt.logs().get(i), transaction, position, logsBefore + i));
    }
    return json;
  }

  static ObjectNode log(Log log, Transaction transaction, Position position, int logIndex) {
    ObjectNode json = NODES.objectNode();
    json.put("address", log.address().toString());
    ArrayNode topics = json.putArray("topics");
    log.topics().forEach(topic -> topics.add(topic.toHex()));
    json.put("data", log.data().toHex());
    json.put("blockHash", position.hash().toHex());
    json.put("blockNumber", quantity(position.header().number()));
    json.put("blockTimestamp", quantity(position.header().timestampSeconds()));
    json.put("transactionHash", transaction.hash().toHex());
    json.put("transactionIndex", quantity(position.index()));
    json.put("logIndex", quantity(logIndex));
    json.put("removed", false);
    return json;
  }

  /// A proof as EIP-1186 gives it.
  ///
  /// @param keys the slots as the caller wrote them, which is how they come back
  static ObjectNode proof(Address address, StateProof proof, JsonNode keys) {
    ObjectNode json = NODES.objectNode();
    json.put("address", address.toString());
    json.put("balance", amount(proof.account().balance()));
    json.put("nonce", quantity(proof.account().nonce()));
    json.put("codeHash", proof.account().codeHash().toHex());
    json.put("storageHash", proof.account().storageRoot().toHex());
    nodes(json.putArray("accountProof"), proof.accountProof());
    ArrayNode slots = json.putArray("storageProof");
    for (int i = 0; i < proof.slots().size(); i++) {
      StateProof.SlotProof slot = proof.slots().get(i);
      ObjectNode shown = slots.addObject().put("key", keys.get(i).asText());
      shown.put("value", slot.value().toHex());
      nodes(shown.putArray("proof"), slot.proof());
    }
    return json;
  }

  static void nodes(ArrayNode list, MerkleProof proof) {
    proof.nodes().forEach(node -> list.add(node.toHex()));
  }

  static String amount(Amount amount) {
    return amount.wei().toHex();
  }

  /// Legacy and 2930 transactions show one price; later ones their two fees, and the price paid
  /// once they are in a block.
  private static void fees(ObjectNode json, Transaction transaction, Optional<Position> position) {
    boolean twoFees =
        transaction.type() == TransactionType.DYNAMIC_FEE
            || transaction.type() == TransactionType.SET_CODE;
    Amount price =
        position
            .map(place -> transaction.effectiveGasPrice(place.header().baseFeePerGas()))
            .orElse(transaction.maxFeePerGas());
    json.put("gasPrice", amount(price));
    if (twoFees) {
      json.put("maxFeePerGas", amount(transaction.maxFeePerGas()));
      json.put("maxPriorityFeePerGas", amount(transaction.maxPriorityFeePerGas()));
    }
  }

  static String sender(Transaction transaction) {
    return transaction
        .sender(Secp256k1.chosen())
        .orElseThrow(() -> new IllegalStateException("unsigned: " + transaction))
        .toString();
  }

  /// Address of the contract that a transaction created: the last 20 bytes of the hash of sender
  /// and nonce (Yellow Paper §7).
  private static @Nullable String created(Transaction transaction, Receipt receipt) {
    if (transaction.to().isPresent() || receipt.outcome() != Receipt.Outcome.SUCCEEDED) {
      return null;
    }
    RlpWriter writer = new RlpWriter(32).begin().address(Address.fromHex(sender(transaction)));
    byte[] encoding = writer.number(transaction.nonce()).end().toArray();
    return new Address(Keccak256.hash(encoding).toBytes().slice(12, Address.BYTES)).toString();
  }

  private static UInt256 v(Transaction transaction) {
    long parity = transaction.signature().yParity();
    if (transaction.type() != TransactionType.LEGACY) {
      return UInt256.of(parity);
    }
    return transaction
        .chainId()
        .map(id -> id.times(UInt256.of(2)).plus(UInt256.of(PROTECTED_V_BASE + parity)))
        .orElse(UInt256.of(UNPROTECTED_V_BASE + parity));
  }

  static void accessList(ArrayNode list, List<AccessListEntry> entries) {
    for (AccessListEntry entry : entries) {
      ObjectNode json = list.addObject().put("address", entry.address().toString());
      ArrayNode keys = json.putArray("storageKeys");
      entry.storageKeys().forEach(key -> keys.add(key.toHex()));
    }
  }

  private static void authorizations(ArrayNode list, List<Authorization> authorizations) {
    for (Authorization each : authorizations) {
      list.addObject()
          .put("chainId", each.chainId().toHex())
          .put("address", each.address().toString())
          .put("nonce", quantity(each.nonce()))
          .put("yParity", quantity(each.signature().yParity()))
          .put("r", each.signature().r().toHex())
          .put("s", each.signature().s().toHex());
    }
  }

  static JsonNode text(String text) {
    return NODES.textNode(text);
  }
}
