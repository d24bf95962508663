// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Log;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A chain, seen through one node's public JSON-RPC. Safe for use by several threads.
public final class ChainClient {
  /// Gas of a plain transfer. Yellow Paper §6.2.
  public static final long TRANSFER_GAS = 21_000;

  /// Blocks that logs are asked for at a time: what a node answers at most.
  public static final int LOG_BLOCKS = 10_000;

  private static final int RETRY_MILLIS = 20;

  private final JsonRpc rpc;

  /// A client that calls through `rpc`.
  public ChainClient(JsonRpc rpc) {
    this.rpc = rpc;
  }

  /// The chain id of transactions.
  public long chainId() throws IOException, RpcException {
    return quantity(rpc.call("eth_chainId")).toLongExact();
  }

  /// Height of the last final block.
  public long blockNumber() throws IOException, RpcException {
    return quantity(rpc.call("eth_blockNumber")).toLongExact();
  }

  /// What `account` holds after the last final block.
  public Amount balance(Address account) throws IOException, RpcException {
    return new Amount(quantity(rpc.call("eth_getBalance", account.toString(), "latest")));
  }

  /// How many transactions of `account` are final or pending: the nonce of its next one.
  public long nextNonce(Address account) throws IOException, RpcException {
    return quantity(rpc.call("eth_getTransactionCount", account.toString(), "pending"))
        .toLongExact();
  }

  /// How many transactions of `account` are final.
  public long finalNonce(Address account) throws IOException, RpcException {
    return quantity(rpc.call("eth_getTransactionCount", account.toString(), "latest"))
        .toLongExact();
  }

  /// How many transactions of each of these accounts are final, asked in one go.
  public Map<Address, Long> finalNonces(Collection<Address> accounts)
      throws IOException, RpcException {
    List<JsonRpc.Call> calls =
        accounts.stream()
            .map(each -> JsonRpc.Call.of("eth_getTransactionCount", each.toString(), "latest"))
            .toList();
    Iterator<JsonNode> answers = rpc.batch(calls).iterator();
    TreeMap<Address, Long> nonces = new TreeMap<>();
    for (Address each : accounts) {
      Long _ = nonces.put(each, quantity(answers.next()).toLongExact());
    }
    return nonces;
  }

  /// A price per unit of gas at which a transaction is included soon.
  public Amount gasPrice() throws IOException, RpcException {
    return new Amount(quantity(rpc.call("eth_gasPrice")));
  }

  /// The hash of the genesis block, which names the network.
  public Hash genesisHash() throws IOException, RpcException {
    return blockHash(0);
  }

  /// The hash of a final block.
  ///
  /// @throws RpcException if there is no such block
  public Hash blockHash(long height) throws IOException, RpcException {
    String number = "0x" + Long.toHexString(height);
    return Hash.fromHex(rpc.call("eth_getBlockByNumber", number, false).path("hash").asText());
  }

  /// Gas with which a call succeeds after the last block, hardly more than it takes.
  ///
  /// @throws RpcException if it fails, with what the contract answered as its data
  public long estimateGas(Address from, Address to, Amount value, Bytes input)
      throws IOException, RpcException {
    return quantity(rpc.call("eth_estimateGas", request(from, to, value, input))).toLongExact();
  }

  private static Map<String, Object> request(Address from, Address to, Amount value, Bytes input) {
    return Map.of(
        "from", from.toString(),
        "to", to.toString(),
        "value", "0x" + value.wei().toBigInteger().toString(16),
        "input", input.toHex());
  }

  /// A call that is to be sent.
  ///
  /// @param to whom it calls
  public record Wanted(Address to, Amount value, Bytes input) {}

  /// What many calls take now.
  ///
  /// @param gas of each, as {@link #estimateGas} says
  /// @param nonce of the first, as {@link #nextNonce} says
  /// @param gasPrice as {@link #gasPrice} says
  public record Needs(List<JsonRpc.Answer<Long>> gas, long nonce, Amount gasPrice) {
    /// Copies the list.
    public Needs {
      gas = List.copyOf(gas);
    }
  }

  /// What calls of an account take now, each for itself, asked in one go, and with what other
  /// threads ask so meanwhile.
  ///
  /// @throws RpcException if the node answers nothing to what is no call's own
  public Needs needs(Address from, List<Wanted> calls) throws IOException, RpcException {
    List<JsonRpc.Call> asked = new ArrayList<>();
    for (Wanted each : calls) {
      asked.add(JsonRpc.Call.of("eth_estimateGas", request(from, each.to, each.value, each.input)));
    }
    asked.add(JsonRpc.Call.of("eth_getTransactionCount", from.toString(), "pending"));
    asked.add(JsonRpc.Call.of("eth_gasPrice"));
    List<JsonRpc.Answer<JsonNode>> answers = rpc.together(asked);
    List<JsonRpc.Answer<Long>> gas = new ArrayList<>();
    for (JsonRpc.Answer<JsonNode> each : answers.subList(0, calls.size())) {
      gas.add(JsonRpc.Answer.of(() -> quantity(each.get()).toLongExact()));
    }
    return new Needs(
        gas,
        quantity(answers.get(calls.size()).get()).toLongExact(),
        new Amount(quantity(answers.get(calls.size() + 1).get())));
  }

  /// Hands signed transactions to the node, in one go, and with those of other threads meanwhile.
  ///
  /// @return the hash of each, or why the node refuses it
  public List<JsonRpc.Answer<Hash>> send(List<Transaction> transactions) throws IOException {
    List<JsonRpc.Call> calls =
        transactions.stream()
            .map(each -> JsonRpc.Call.of("eth_sendRawTransaction", each.encoded().toHex()))
            .toList();
    List<JsonRpc.Answer<Hash>> hashes = new ArrayList<>();
    for (JsonRpc.Answer<JsonNode> each : rpc.together(calls)) {
      hashes.add(JsonRpc.Answer.of(() -> Hash.fromHex(each.get().asText())));
    }
    return hashes;
  }

  /// Hands a signed transaction to the node.
  ///
  /// @return its hash
  /// @throws RpcException if the node refuses it
  public Hash send(Transaction transaction) throws IOException, RpcException {
    return Hash.fromHex(rpc.call("eth_sendRawTransaction", transaction.encoded().toHex()).asText());
  }

  /// The receipt of a transaction in a final block; empty while it is in none.
  public Optional<JsonNode> receipt(Hash transaction) throws IOException, RpcException {
    JsonNode receipt = rpc.call("eth_getTransactionReceipt", transaction.toHex());
    return receipt.isNull() ? Optional.empty() : Optional.of(receipt);
  }

  /// The last log of a contract with these topics, in a final block from `fromBlock` on; asks for
  /// {@link #LOG_BLOCKS} blocks at a time, the latest first.
  public Optional<JsonNode> lastLog(Address contract, List<Hash> topics, long fromBlock)
      throws IOException, RpcException {
    for (long to = blockNumber(); to >= fromBlock; to -= LOG_BLOCKS) {
      Optional<JsonNode> last =
          lastLog(contract, topics, Math.max(fromBlock, to - LOG_BLOCKS + 1), to);
      if (last.isPresent()) {
        return last;
      }
    }
    return Optional.empty();
  }

  /// As in {@link #addEvents}.
  private Optional<JsonNode> lastLog(Address contract, List<Hash> topics, long from, long to)
      throws IOException, RpcException {
    List<String> wanted = topics.stream().map(Hash::toHex).toList();
    try {
      JsonNode logs = rpc.call("eth_getLogs", filter(contract.toString(), wanted, from, to));
      return logs.isEmpty() ? Optional.empty() : Optional.of(logs.get(logs.size() - 1));
    } catch (RpcException refused) {
      long middle = middle(refused, from, to);
      Optional<JsonNode> last = lastLog(contract, topics, middle + 1, to);
      return last.isPresent() ? last : lastLog(contract, topics, from, middle);
    }
  }

  private static Map<String, Object> filter(Object addresses, List<?> topics, long from, long to) {
    return Map.of(
        "address",
        addresses,
        "topics",
        topics,
        "fromBlock",
        "0x" + Long.toHexString(from),
        "toBlock",
        "0x" + Long.toHexString(to));
  }

  /// Where to part blocks about which the answer would be too long.
  ///
  /// @throws RpcException if it was refused for something else, or they cannot be parted
  private static long middle(RpcException refused, long from, long to) throws RpcException {
    if (refused.code() != RpcException.LIMIT_EXCEEDED || from == to) {
      throw refused;
    }
    return from + (to - from) / 2;
  }

  /// What a contract answers after the last final block; empty if there is no such thing, or the
  /// contract refuses.
  public <T> Optional<T> read(ContractRead<T> read) throws IOException, RpcException {
    JsonNode returned;
    try {
      returned = rpc.call("eth_call", request(read), "latest");
    } catch (RpcException refused) {
      if (refused.code() == RpcException.REVERTED) {
        return Optional.empty();
      }
      throw refused;
    }
    return read.answer(Bytes.fromHex(returned.asText()));
  }

  /// What contracts answer to many questions after the last final block, in one batch; empty where
  /// there is no such thing.
  ///
  /// @throws RpcException also if a contract refuses
  public <T> List<Optional<T>> read(List<ContractRead<T>> reads) throws IOException, RpcException {
    List<JsonRpc.Call> calls =
        reads.stream().map(read -> JsonRpc.Call.of("eth_call", request(read), "latest")).toList();
    List<JsonNode> returned = reads.isEmpty() ? List.of() : rpc.batch(calls);
    List<Optional<T>> answers = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      answers.add(reads.get(i).answer(Bytes.fromHex(returned.get(i).asText())));
    }
    return answers;
  }

  /// What contracts answer to questions of any kinds after the last final block, in one batch;
  /// empty where there is no such thing, or the contract refuses.
  ///
  /// @throws RpcException if the node refuses
  public List<Optional<?>> readEach(List<ContractRead<?>> reads) throws IOException, RpcException {
    List<JsonRpc.Call> calls =
        reads.stream().map(read -> JsonRpc.Call.of("eth_call", request(read), "latest")).toList();
    List<JsonRpc.Answer<JsonNode>> returned = rpc.each(calls);
    List<Optional<?>> answers = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      switch (returned.get(i)) {
        case JsonRpc.Answer.Result<JsonNode>(JsonNode value) ->
            answers.add(reads.get(i).answer(Bytes.fromHex(value.asText())));
        case JsonRpc.Answer.Refusal<JsonNode>(RpcException reason) -> {
          if (reason.code() != RpcException.REVERTED) {
            throw reason;
          }
          answers.add(Optional.empty());
        }
      }
    }
    return answers;
  }

  private static Map<String, Object> request(ContractRead<?> read) {
    return Map.of("to", read.contract().address().toString(), "input", read.input().toHex());
  }

  /// What a contract of AI work wrote in final blocks from `fromBlock` on, in order; asks for
  /// {@link #LOG_BLOCKS} blocks at a time.
  public List<WorkEvent> workEvents(EconomyContract contract, long fromBlock)
      throws IOException, RpcException {
    return workEvents(List.of(contract), List.of(), fromBlock).stream()
        .map(DatedEvent::event)
        .toList();
  }

  /// What contracts of AI work wrote in final blocks from `fromBlock` on, in order; asks for {@link
  /// #LOG_BLOCKS} blocks at a time.
  ///
  /// @param topics at each position those that a log may have there; none for any
  public List<DatedEvent> workEvents(
      List<EconomyContract> contracts, List<List<Hash>> topics, long fromBlock)
      throws IOException, RpcException {
    return workEvents(contracts, topics, fromBlock, blockNumber());
  }

  /// The same up to a block.
  ///
  /// @param last a final block's height
  public List<DatedEvent> workEvents(
      List<EconomyContract> contracts, List<List<Hash>> topics, long fromBlock, long last)
      throws IOException, RpcException {
    List<DatedEvent> events = new ArrayList<>();
    for (long from = fromBlock; from <= last; from += LOG_BLOCKS) {
      addEvents(contracts, topics, from, Math.min(last, from + LOG_BLOCKS - 1), events);
    }
    return events;
  }

  /// Where the answer would be too long, it is asked for in two parts: anybody may make it long.
  private void addEvents(
      List<EconomyContract> contracts,
      List<List<Hash>> topics,
      long from,
      long to,
      List<DatedEvent> events)
      throws IOException, RpcException {
    List<String> addresses = contracts.stream().map(each -> each.address().toString()).toList();
    List<List<String>> wanted =
        topics.stream().map(any -> any.stream().map(Hash::toHex).toList()).toList();
    try {
      events.addAll(workEvents(rpc.call("eth_getLogs", filter(addresses, wanted, from, to))));
    } catch (RpcException refused) {
      long middle = middle(refused, from, to);
      addEvents(contracts, topics, from, middle, events);
      addEvents(contracts, topics, middle + 1, to, events);
    }
  }

  /// What contracts of AI work wrote, among logs as a node answers with them.
  ///
  /// @throws IOException if one is no log
  static List<DatedEvent> workEvents(JsonNode logs) throws IOException {
    List<DatedEvent> events = new ArrayList<>();
    try {
      for (JsonNode log : logs) {
        List<Hash> topics = new ArrayList<>();
        log.path("topics").forEach(topic -> topics.add(Hash.fromHex(topic.asText())));
        Address contract = Address.fromHex(log.path("address").asText());
        Bytes data = Bytes.fromHex(log.path("data").asText());
        long height = quantity(log.path("blockNumber")).toLongExact();
        String time = log.path("blockTimestamp").asText("0x0");
        WorkEvent.of(new Log(contract, topics, data))
            .ifPresent(event -> events.add(new DatedEvent(height, Long.decode(time), event)));
      }
    } catch (IllegalArgumentException | ArithmeticException malformed) {
      throw new IOException("no log of a contract: " + malformed.getMessage(), malformed);
    }
    return events;
  }

  /// Waits for the receipt of a transaction.
  ///
  /// @throws IOException also if it does not come within `millisMax`
  public JsonNode awaitReceipt(Hash transaction, long millisMax)
      throws IOException, RpcException, InterruptedException {
    long end = System.nanoTime() + millisMax * 1_000_000;
    while (System.nanoTime() < end) {
      Optional<JsonNode> receipt = receipt(transaction);
      if (receipt.isPresent()) {
        return receipt.get();
      }
      Thread.sleep(RETRY_MILLIS);
    }
    throw new IOException(
        rpc.endpoint() + ": " + transaction + " is not final after " + millisMax + " ms");
  }

  /// A signed call of a contract.
  ///
  /// @param chainId that of {@link #chainId}
  /// @param nonce number of the transaction among its sender's
  /// @param gasLimit gas that it may use
  /// @param maxFeePerGas the most that is paid per unit of gas
  public static Transaction call(
      AccountSigner from,
      long chainId,
      long nonce,
      Address contract,
      Amount value,
      Bytes input,
      long gasLimit,
      Amount maxFeePerGas) {
    return from.sign(
        new DynamicFeeTransaction.Unsigned(
            UInt256.of(chainId),
            nonce,
            maxFeePerGas.min(Amount.wei(1)),
            maxFeePerGas,
            gasLimit,
            Optional.of(contract),
            value,
            input,
            List.of()));
  }

  /// A signed transfer.
  ///
  /// @param chainId that of {@link #chainId}
  /// @param nonce number of the transaction among its sender's
  /// @param maxFeePerGas the most that is paid per unit of gas
  public static Transaction transfer(
      AccountSigner from, long chainId, long nonce, Address to, Amount value, Amount maxFeePerGas) {
    return call(from, chainId, nonce, to, value, Bytes.EMPTY, TRANSFER_GAS, maxFeePerGas);
  }

  /// A signed transfer of nothing to the account itself, which takes the place of another
  /// transaction: all that it offers is for the proposer.
  ///
  /// @param chainId that of {@link #chainId}
  /// @param nonce number of the transaction among its sender's
  /// @param feePerGas what is paid per unit of gas
  public static Transaction nothing(
      AccountSigner from, long chainId, long nonce, Amount feePerGas) {
    return from.sign(
        new DynamicFeeTransaction.Unsigned(
            UInt256.of(chainId),
            nonce,
            feePerGas,
            feePerGas,
            TRANSFER_GAS,
            Optional.of(from.address()),
            Amount.ZERO,
            Bytes.EMPTY,
            List.of()));
  }

  private static UInt256 quantity(JsonNode node) throws IOException {
    String text = node.asText();
    if (!text.matches("0x[0-9a-f]{1,64}")) {
      throw new IOException("no quantity: " + node);
    }
    return UInt256.parse(text);
  }
}
