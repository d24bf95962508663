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
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.model.UnsignedTransaction;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The chain of AI work through a node's public JSON-RPC. What an account sent and is in no block
/// is offered again, for more, once the base fee rose above what it offers: what is sent later
/// waits behind it.
public final class RpcJobChain implements JobChain {
  private static final int POLL_MILLIS = 200;

  /// What a replacement offers more each time that it is refused: an eighth, as pools ask for a
  /// tenth.
  private static final long RAISE_DIVISOR = 8;

  /// So often: a thousand times the price.
  private static final int RAISES_MAX = 60;

  /// Looks at whether what was sent offers enough, in the time for which it is waited for.
  private static final int LOOKS = 6;

  /// Base fees may double before a transaction gets its turn.
  private static final int PRICE_FACTOR = 2;

  /// Questions that are asked in one go.
  private static final int TOGETHER_MAX = 256;

  private static final Logger LOG = LoggerFactory.getLogger(RpcJobChain.class);

  private final ChainClient chain;
  private final Optional<AccountSigner> signer;
  private final Duration finalTimeMax;

  /// Files of jobs go to several workers at a time.
  private final ConcurrentSkipListMap<ServiceName, Served> served = new ConcurrentSkipListMap<>();

  private OptionalLong chainId = OptionalLong.empty();

  /// The nonce behind all that were sent.
  private long sentBefore;

  /// What was sent and is not known to be in a block, as the node took it last, by nonces.
  private final TreeMap<Long, Transaction> waiting = new TreeMap<>();

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
  public List<Optional<?>> readEach(List<ContractRead<?>> reads) throws IOException {
    List<Optional<?>> answers = new ArrayList<>();
    for (int from = 0; from < reads.size(); from += TOGETHER_MAX) {
      List<ContractRead<?>> some = reads.subList(from, Math.min(reads.size(), from + TOGETHER_MAX));
      answers.addAll(ask(() -> chain.readEach(some)));
    }
    return answers;
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
    long nonce = ask(() -> sent(from, call));
    JsonNode receipt = awaited(from, nonce);
    if (!receipt.path("status").asText().equals("0x1")) {
      throw new CallRefusedException(
          call.contract(),
          receipt.path("transactionHash").asText()
              + " failed: others' transactions came before it");
    }
    return ChainClient.workEvents(receipt.path("logs"));
  }

  private AccountSigner sender() {
    return signer.orElseThrow(() -> new IllegalStateException("a chain that only reads"));
  }

  /// The receipt of what was sent with a nonce, for whatever it was offered.
  ///
  /// @throws IOException also if it does not come in time; it may come later
  private JsonNode awaited(AccountSigner from, long nonce) throws IOException {
    Set<Hash> hashes = new LinkedHashSet<>();
    long start = System.nanoTime();
    long look = Math.max(1, finalTimeMax.toNanos() / LOOKS);
    long lookAt = start + look;
    while (System.nanoTime() - start < finalTimeMax.toNanos()) {
      Optional.ofNullable(waiting.get(nonce)).map(Transaction::hash).ifPresent(hashes::add);
      for (Hash each : hashes) {
        Optional<JsonNode> receipt = ask(() -> chain.receipt(each));
        if (receipt.isPresent()) {
          waiting.headMap(nonce, true).clear();
          return receipt.get();
        }
      }
      if (System.nanoTime() - lookAt >= 0) {
        lookAt += look;
        offerMore(from);
      }
      pause();
    }
    throw new IOException(
        "what %s sent with nonce %d is not final after %d s"
            .formatted(from.address(), nonce, finalTimeMax.toSeconds()));
  }

  /// Offers more for what waits and offers too little for the base fee of now.
  private void offerMore(AccountSigner from) throws IOException {
    Amount price = ask(chain::gasPrice);
    waiting.headMap(finalNonce(from)).clear();
    for (Map.Entry<Long, Transaction> each : waiting.entrySet()) {
      Transaction before = each.getValue();
      if (before.maxFeePerGas().compareTo(price) < 0) {
        Transaction more = more(from, before, price.times(PRICE_FACTOR));
        try {
          Hash _ = chain.send(more);
          each.setValue(more);
          LOG.atInfo()
              .addKeyValue("nonce", more.nonce())
              .addKeyValue("fee", more.maxFeePerGas())
              .log("sent again for more, as the base fee rose");
        } catch (RpcException refused) {
          LOG.atDebug() // It may be final by now: the next look tells.
              .addKeyValue("nonce", more.nonce())
              .addKeyValue("reason", refused.getMessage())
              .log("not taken again");
        }
      }
    }
  }

  /// What takes the place of a transaction in a pool.
  ///
  /// @param enough to offer
  private static Transaction more(AccountSigner from, Transaction sent, Amount enough) {
    UnsignedTransaction before = sent.unsigned();
    Amount fee = raised(before.maxFeePerGas());
    return from.sign(
        new DynamicFeeTransaction.Unsigned(
            before.replayDomain().orElseThrow(),
            before.nonce(),
            raised(before.maxPriorityFeePerGas()),
            fee.compareTo(enough) < 0 ? enough : fee,
            before.gasLimit(),
            before.recipient(),
            before.value(),
            before.data(),
            List.of()));
  }

  private static Amount raised(Amount amount) {
    Amount part = new Amount(amount.wei().dividedBy(UInt256.of(RAISE_DIVISOR)));
    return amount.plus(part).plus(Amount.wei(1));
  }

  /// Sends a call.
  ///
  /// @return its nonce
  private long sent(AccountSigner from, EconomyCall call) throws IOException, RpcException {
    Address contract = call.contract().address();
    ChainClient.Needs needs =
        chain.needs(
            from.address(), List.of(new ChainClient.Wanted(contract, call.money(), call.input())));
    long gas;
    try {
      gas = needs.gas().getFirst().get();
    } catch (RpcException refused) {
      throw new CallRefusedException(
          call.contract(),
          ContractErrors.signature(call.contract(), refused.data())
              .orElse(String.valueOf(refused.getMessage())));
    }
    long nonce = needs.nonce();
    sentBefore = Math.max(sentBefore, nonce + 1);
    Transaction signed =
        ChainClient.call(
            from,
            chainId(),
            nonce,
            contract,
            call.money(),
            call.input(),
            gas + gas / 4, // Others' transactions may come before it.
            needs.gasPrice().times(PRICE_FACTOR));
    Transaction _ = waiting.put(nonce, signed); // The node may take it and not answer.
    try {
      Hash _ = chain.send(signed);
    } catch (RpcException refused) {
      Transaction _ = waiting.remove(nonce);
      throw refused;
    }
    return nonce;
  }

  /// It never changes.
  private long chainId() throws IOException, RpcException {
    if (chainId.isEmpty()) {
      chainId = OptionalLong.of(chain.chainId());
    }
    return chainId.getAsLong();
  }

  @Override
  public void useUpNonces() throws IOException {
    AccountSigner from = sender();
    waiting.clear();
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
    long id = ask(this::chainId);
    for (int raises = 0; ; raises++) {
      try {
        var _ = chain.send(ChainClient.nothing(from, id, nonce, fee));
        return;
      } catch (RpcException refused) {
        if (finalNonce(from) > nonce) {
          return; // It has come meanwhile.
        }
        if (raises == RAISES_MAX) {
          throw new IOException("the node refuses: " + refused.getMessage(), refused);
        }
        fee = raised(fee);
      }
    }
  }
}
