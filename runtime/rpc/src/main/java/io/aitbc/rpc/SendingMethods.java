// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Hash;
import io.aitbc.mempool.Admission;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.UInt256;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// What brings transactions: filled in for a wallet that signs them, signed to the pool, and to the
/// end where the caller waits for the receipt.
final class SendingMethods {
  /// How long eth_sendRawTransactionSync waits if the caller says nothing: several blocks.
  static final long WAIT_MILLIS = 5_000;

  /// How long it waits at most.
  static final long WAIT_MILLIS_MAX = 20_000;

  /// Callers that wait at one time: each of them is one of the requests that are worked on.
  static final int WAITING_MAX = 64;

  /// Between two looks for the receipt.
  private static final long LOOK_MILLIS = 10;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final UInt256 chainId;
  private final ChainView chain;
  private final LiveNode node;
  private final CallMethods calls;
  private final Semaphore waiting = new Semaphore(WAITING_MAX);

  SendingMethods(UInt256 chainId, ChainView chain, LiveNode node, CallMethods calls) {
    this.chainId = chainId;
    this.chain = chain;
    this.node = node;
    this.calls = calls;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("eth_fillTransaction", this::fill);
    methods.put("eth_sendRawTransaction", p -> NODES.textNode(sent(transaction(p)).toHex()));
    methods.put("eth_sendRawTransactionSync", this::sendAndWait);
  }

  private static Transaction transaction(Parameters p) throws RpcError {
    try {
      return TransactionCodec.decode(p.data(0));
    } catch (MalformedException malformed) {
      throw new RpcError(
          RpcError.Code.INVALID_PARAMS, "rlp: no transaction: " + malformed.getMessage());
    }
  }

  private Hash sent(Transaction transaction) throws RpcError {
    Admission admission = node.submit(transaction);
    if (!(admission instanceof Admission.Admitted)) {
      throw AdmissionErrors.of(admission);
    }
    return transaction.hash();
  }

  /// The receipt of a transaction that is brought, when it is in a block: at once if it is already,
  /// so that a caller who lost the answer may ask again. EIP-7966.
  private JsonNode sendAndWait(Parameters p) throws RpcError {
    long millis = p.has(1) ? p.number(1, WAIT_MILLIS_MAX) : WAIT_MILLIS;
    if (!waiting.tryAcquire()) {
      throw new RpcError(RpcError.Code.BUSY, WAITING_MAX + " callers wait for receipts already");
    }
    try {
      Transaction transaction = transaction(p);
      Hash hash = transaction.hash();
      long end = System.nanoTime() + millis * 1_000_000;
      Optional<ChainReader.Place> place = chain.reader().place(hash);
      if (place.isEmpty() && node.pending(hash).isEmpty()) {
        hash = sent(transaction);
      }
      while (place.isEmpty() && System.nanoTime() - end < 0) {
        Thread.sleep(LOOK_MILLIS);
        place = chain.reader().place(hash);
      }
      if (place.isEmpty()) {
        throw new RpcError(
            RpcError.Code.NOT_YET,
            "the transaction is in the pool, but in no block after %d ms".formatted(millis),
            hash.toHex());
      }
      long height = place.get().height();
      return EthereumJson.receipt(chain.block(height), chain.receipts(height), place.get().index());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new RpcError(RpcError.Code.BUSY, "the node stops");
    } finally {
      waiting.release();
    }
  }

  /// A transaction of EIP-1559 with all that the caller left out: the next nonce, the gas that it
  /// takes now, and fees that outlive some fuller blocks.
  private JsonNode fill(Parameters p) throws RpcError {
    JsonNode given = p.value(0);
    CallRequest asked = CallRequest.of(given);
    boolean priced = given.hasNonNull("gasPrice") || given.hasNonNull("maxFeePerGas");
    Amount tip =
        given.hasNonNull("gasPrice") || given.hasNonNull("maxPriorityFeePerGas")
            ? asked.maxPriorityFeePerGas()
            : Amount.wei(1);
    Amount maxFee =
        priced ? asked.maxFeePerGas() : node.enoughFee(node.nextBaseFee().times(2).plus(tip));
    if (tip.compareTo(maxFee) > 0) {
      tip = maxFee;
    }
    if (given.hasNonNull("chainId")
        && !Parameters.quantity(given.get("chainId").asText()).equals(chainId)) {
      throw Parameters.invalid("chainId does not match this network, have " + chainId.toHex());
    }
    long gas = asked.gas().isPresent() ? asked.gas().get() : calls.enoughGas(asked);
    long nonce =
        given.hasNonNull("nonce")
            ? Parameters.quantity(given.get("nonce").asText()).toLongExact()
            : node.nextNonce(asked.from());
    ObjectNode json = NODES.objectNode();
    ObjectNode tx =
        json.putObject("tx")
            .put("type", "0x2")
            .put("chainId", chainId.toHex())
            .put("nonce", EthereumJson.quantity(nonce))
            .put("to", asked.to().map(Address::toString).orElse(null))
            .put("gas", EthereumJson.quantity(gas))
            .put("value", EthereumJson.amount(asked.value()))
            .put("input", asked.input().toHex())
            .put("maxFeePerGas", EthereumJson.amount(maxFee))
            .put("maxPriorityFeePerGas", EthereumJson.amount(tip))
            .put("gasPrice", EthereumJson.amount(maxFee));
    EthereumJson.accessList(tx.putArray("accessList"), asked.accessList());
    return json;
  }
}
