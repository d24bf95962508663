// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// The chain of AI work through a node's public JSON-RPC.
public final class RpcJobChain implements JobChain {
  private static final int POLL_MILLIS = 200;

  /// What a replacement offers more each time that it is refused: an eighth, as pools ask for a
  /// tenth.
  private static final long RAISE_DIVISOR = 8;

  /// So often: a thousand times the price.
  private static final int RAISES_MAX = 60;

  private final ChainClient chain;
  private final Optional<AccountSigner> signer;
  private final Duration finalTimeMax;

  /// Files of jobs go to several workers at a time.
  private final ConcurrentSkipListMap<ServiceName, Served> served = new ConcurrentSkipListMap<>();

  /// The nonce behind all that were sent.
  private long sentBefore;

  private record ServiceName(ServiceRole role, Address account) implements Comparable<ServiceName> {
    @Override
    public int compareTo(ServiceName other) {
      int order = role.compareTo(other.role);
      return order != 0 ? order : account.compareTo(other.account);
    }
  }

  /// @param height up to which logs were searched
  private record Served(Optional<String> address, long height) {}

  private RpcJobChain(ChainClient chain, Optional<AccountSigner> signer, Duration finalTimeMax) {
    this.chain = chain;
    this.signer = signer;
    this.finalTimeMax = finalTimeMax;
  }

  /// A chain on which an account sends.
  ///
  /// @param finalTimeMax how long a transaction is waited for
  public static RpcJobChain sending(
      ChainClient chain, AccountSigner account, Duration finalTimeMax) {
    return new RpcJobChain(chain, Optional.of(account), finalTimeMax);
  }

  /// A chain on which nothing is sent; its account is zero.
  public static RpcJobChain reading(ChainClient chain) {
    return new RpcJobChain(chain, Optional.empty(), Duration.ZERO);
  }

  /// Asks the node.
  @FunctionalInterface
  private interface Question<T> {
    T ask() throws IOException, RpcException;
  }

  private static <T> T ask(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (RpcException refused) {
      throw new IOException("the node refuses: " + refused.getMessage(), refused);
    }
  }

  @Override
  public Address account() {
    return signer.map(AccountSigner::address).orElse(Address.ZERO);
  }

  @Override
  public long height() throws IOException {
    return ask(chain::blockNumber);
  }

  @Override
  public long awaitHeightAbove(long height) throws IOException {
    long now = height();
    while (now <= height) {
      pause();
      now = height();
    }
    return now;
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public <T> Optional<T> read(ContractRead<T> read) throws IOException {
    return ask(() -> chain.read(read));
  }

  @Override
  public List<DatedEvent> events(EconomyContract contract, long fromHeight) throws IOException {
    return ask(() -> chain.workEvents(List.of(contract), List.of(), fromHeight));
  }

  @Override
  public List<DatedEvent> jobEvents(long job) throws IOException {
    Optional<JsonNode> submission =
        ask(() -> chain.lastLog(EconomyContract.JOB_MARKET.address(), WorkEvent.submitted(job), 0));
    if (submission.isEmpty()) {
      return List.of();
    }
    long from = Long.decode(submission.get().path("blockNumber").asText());
    List<Hash> number = List.of(UInt256.of(job).toHash());
    List<List<Hash>> second = List.of(List.of(), number);
    List<DatedEvent> events = new ArrayList<>();
    // The first topic behind the signature is the job's number, in Disputes a dispute's, in Juries
    // an objection's.
    events.addAll(
        ask(() ->
            chain.workEvents(
                List.of(
                    EconomyContract.JOB_MARKET,
                    EconomyContract.WORK_LEDGER,
                    EconomyContract.EVALUATOR_COMMITTEE),
                second,
                from)));
    events.removeIf(each -> each.event().jobNumber().orElse(0) != job);
    List<List<Hash>> third = List.of(List.of(), List.of(), number);
    for (EconomyContract each : List.of(EconomyContract.DISPUTES, EconomyContract.JURIES)) {
      List<EconomyContract> contract = List.of(each);
      List<Hash> ids = new ArrayList<>();
      for (DatedEvent opened : ask(() -> chain.workEvents(contract, third, from))) {
        if (opened.event() instanceof WorkEvent.Opened it) {
          ids.add(UInt256.of(it.dispute()).toHash());
        } else if (opened.event() instanceof WorkEvent.Objected it) {
          ids.add(UInt256.of(it.objection()).toHash());
        }
      }
      if (!ids.isEmpty()) {
        events.addAll(ask(() -> chain.workEvents(contract, List.of(List.of(), ids), from)));
      }
    }
    events.sort(Comparator.comparingLong(DatedEvent::height)); // Stable: in a block as they came.
    return events;
  }

  /// Searches only blocks in which it did not search before, from the last one backwards.
  @Override
  public Optional<String> serves(ServiceRole role, Address account) throws IOException {
    ServiceName name = new ServiceName(role, account);
    Served before = served.getOrDefault(name, new Served(Optional.empty(), -1));
    long height = height();
    Optional<JsonNode> log =
        ask(() ->
            chain.lastLog(
                EconomyContract.SERVICE_REGISTRY.address(),
                WorkEvent.described(role, account),
                before.height + 1));
    Optional<String> address = log.isPresent() ? address(log.get()) : before.address;
    Served _ = served.put(name, new Served(address, height));
    return address;
  }

  private static Optional<String> address(JsonNode log) throws IOException {
    return ChainClient.workEvents(JsonNodeFactory.instance.arrayNode().add(log)).stream()
        .filter(each -> each.event() instanceof WorkEvent.Described)
        .map(each -> ((WorkEvent.Described) each.event()).serves())
        .map(bytes -> new String(bytes.toArray(), StandardCharsets.UTF_8))
        .findFirst();
  }

  @Override
  public List<DatedEvent> send(EconomyCall call) throws IOException {
    AccountSigner from = sender();
    Hash hash = ask(() -> sent(from, call));
    JsonNode receipt = ask(() -> awaited(hash));
    if (!receipt.path("status").asText().equals("0x1")) {
      throw new CallRefusedException(
          call.contract(), hash + " failed: others' transactions came before it");
    }
    return ChainClient.workEvents(receipt.path("logs"));
  }

  private AccountSigner sender() {
    return signer.orElseThrow(() -> new IllegalStateException("a chain that only reads"));
  }

  private JsonNode awaited(Hash hash) throws IOException, RpcException {
    try {
      return chain.awaitReceipt(hash, finalTimeMax.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + hash);
    }
  }

  private Hash sent(AccountSigner from, EconomyCall call) throws IOException, RpcException {
    long gas;
    Address contract = call.contract().address();
    try {
      gas = chain.estimateGas(from.address(), contract, call.money(), call.input());
    } catch (RpcException refused) {
      throw new CallRefusedException(
          call.contract(),
          ContractErrors.signature(call.contract().artifact(), refused.data())
              .orElse(String.valueOf(refused.getMessage())));
    }
    long nonce = chain.nextNonce(from.address());
    sentBefore = Math.max(sentBefore, nonce + 1);
    return chain.send(
        ChainClient.call(
            from,
            chain.chainId(),
            nonce,
            contract,
            call.money(),
            call.input(),
            gas + gas / 4, // Others' transactions may come before it.
            chain.gasPrice().times(2)));
  }

  @Override
  public void useUpNonces() throws IOException {
    AccountSigner from = sender();
    // Also what this node has forgotten: others may have it still.
    long known = ask(() -> chain.nextNonce(from.address()));
    long end = Math.max(Math.max(known, sentBefore), finalNonce(from) + 1);
    for (long nonce = finalNonce(from); nonce < end; nonce++) {
      replace(from, nonce);
    }
    long lastNanos = System.nanoTime() + finalTimeMax.toNanos();
    while (finalNonce(from) < end) {
      if (System.nanoTime() - lastNanos > 0) {
        throw new IOException("transactions of %s are not final yet".formatted(from.address()));
      }
      pause();
    }
  }

  private long finalNonce(AccountSigner from) throws IOException {
    return ask(() -> chain.finalNonce(from.address()));
  }

  /// Sends a transfer of nothing in the place of whatever the account has sent with a nonce. What
  /// that offers is not known, so more is offered until it is taken.
  private void replace(AccountSigner from, long nonce) throws IOException {
    Amount fee = ask(chain::gasPrice).times(2);
    long chainId = ask(chain::chainId);
    for (int raises = 0; ; raises++) {
      try {
        var _ = chain.send(ChainClient.nothing(from, chainId, nonce, fee));
        return;
      } catch (RpcException refused) {
        if (finalNonce(from) > nonce) {
          return; // It has come meanwhile.
        }
        if (raises == RAISES_MAX) {
          throw new IOException("the node refuses: " + refused.getMessage(), refused);
        }
        Amount eighth = new Amount(fee.wei().dividedBy(UInt256.of(RAISE_DIVISOR)));
        fee = fee.plus(eighth).plus(Amount.wei(1));
      }
    }
  }
}
