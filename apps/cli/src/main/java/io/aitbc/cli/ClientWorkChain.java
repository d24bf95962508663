// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.BlockFeed;
import io.aitbc.client.ChainClient;
import io.aitbc.client.DatedEvent;
import io.aitbc.client.RpcException;
import io.aitbc.client.RpcJobChain;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.ServiceRequest;
import io.aitbc.model.UInt256;
import io.aitbc.node.work.WorkChain;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The chain of a service: a node's public JSON-RPC, and an account whose key nobody else uses
/// meanwhile. A call that was sent and is in no block {@link #REPEAT_BLOCKS} blocks later is sent
/// again under the same nonce for more money, so that the ones behind it are not held up; what a
/// contract would refuse by then gives way to a transfer of nothing. Nothing is kept on a disk: who
/// starts again asks the node for the next nonce, and the contracts refuse what was done before.
/// Belongs to one thread.
final class ClientWorkChain implements WorkChain {
  /// Blocks after which a call is sent again.
  static final int REPEAT_BLOCKS = 5;

  /// An eighth more each time: a pool asks for a tenth.
  private static final UInt256 RISE_PART = UInt256.of(8);

  /// Base fees may double before a call gets its turn.
  private static final int PRICE_FACTOR = 2;

  /// A node that tells nothing for so long is asked.
  private static final long SILENCE_NANOS_MAX = 5_000_000_000L;

  private static final Amount FIRST_TIP = Amount.wei(1);
  private static final Logger LOG = LoggerFactory.getLogger(ClientWorkChain.class);

  private final ChainClient client;
  private final RpcJobChain reading;
  private final AccountSigner signer;
  private final UInt256 chainId;
  private final InstantSource clock;
  private final Optional<BlockFeed> feed;
  private final JobReads answers = new JobReads();

  /// Where workers said that they serve.
  private final TreeMap<Address, String> addresses = new TreeMap<>();

  private final TreeMap<Long, Sent> pending = new TreeMap<>();
  private long seen = -1;

  /// When the node said last how high its chain is, of itself or asked.
  private long heardNanos = System.nanoTime();

  /// A transaction that is in no final block yet.
  ///
  /// @param tip priority fee per unit of gas
  /// @param fee most per unit of gas
  /// @param height the last final block when it was sent
  private record Sent(EconomyCall call, Amount tip, Amount fee, long height) {}

  /// The chain of an account whose node is asked for everything.
  ///
  /// @param chainId that of `client`
  /// @param clock the time by which requests to holders end
  ClientWorkChain(ChainClient client, AccountSigner signer, UInt256 chainId, InstantSource clock) {
    this(client, Optional.empty(), signer, chainId, clock);
  }

  /// The chain of an account.
  ///
  /// @param feed tells what is new, while it is open; closed by who made it
  /// @param chainId that of `client`
  /// @param clock the time by which requests to holders end
  ClientWorkChain(
      ChainClient client,
      Optional<BlockFeed> feed,
      AccountSigner signer,
      UInt256 chainId,
      InstantSource clock) {
    this.client = client;
    this.feed = feed;
    this.reading = RpcJobChain.reading(client);
    this.signer = signer;
    this.chainId = chainId;
    this.clock = clock;
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
    return signer.address();
  }

  @Override
  public UInt256 chainId() {
    return chainId;
  }

  @Override
  public long height() throws IOException {
    long height = feed.isPresent() ? told(feed.get()) : asked();
    if (height != seen && !pending.isEmpty()) {
      pending.headMap(ask(() -> client.finalNonce(account()))).clear();
      for (Map.Entry<Long, Sent> each : List.copyOf(pending.entrySet())) {
        if (each.getValue().height + REPEAT_BLOCKS <= height) {
          repeat(each.getKey(), each.getValue(), height);
        }
      }
    }
    seen = height;
    return height;
  }

  /// The height that the node gives when it is asked.
  private long asked() throws IOException {
    long height = ask(client::blockNumber);
    if (height > seen && !(answers.isEmpty() && addresses.isEmpty())) {
      hear(
          new BlockFeed.Heard(
              height,
              ask(() -> client.workEvents(JobReads.CONTRACTS, List.of(), seen + 1, height))));
    }
    heardNanos = System.nanoTime();
    return height;
  }

  /// The height that it told of itself; it is asked after the feed was opened, and when it says
  /// nothing for long: the connection may be dead.
  private long told(BlockFeed from) throws IOException {
    try {
      if (from.open() || !from.isOpen()) {
        return asked();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    long height = seen;
    for (BlockFeed.Heard each : from.heard()) {
      if (each.height() > height + 1) {
        forget(); // It told only the last of many.
      }
      if (each.height() > height) {
        hear(each);
        height = each.height();
        heardNanos = System.nanoTime();
      }
    }
    if (System.nanoTime() - heardNanos > SILENCE_NANOS_MAX) {
      long asked = asked();
      if (asked > height) {
        from.drop();
      }
      return Math.max(asked, height);
    }
    return height;
  }

  private void hear(BlockFeed.Heard block) {
    answers.heard(block.events(), block.height());
    for (DatedEvent each : block.events()) {
      if (each.event() instanceof WorkEvent.Described it) {
        String _ = addresses.remove(it.account());
      }
    }
  }

  private void forget() {
    answers.clear();
    addresses.clear();
  }

  /// Waits until the node may have a new block.
  ///
  /// @param timeMax how long, if it tells nothing
  /// @param pollTime how long, if it can tell nothing
  void awaitNews(Duration timeMax, Duration pollTime) throws InterruptedException {
    if (feed.isPresent() && feed.get().isOpen()) {
      boolean _ = feed.get().await(timeMax);
    } else {
      Thread.sleep(pollTime);
    }
  }

  private void repeat(long nonce, Sent before, long height) throws IOException {
    Amount price = ask(client::gasPrice).times(PRICE_FACTOR);
    Amount fee = raised(before.fee);
    Sent again =
        new Sent(before.call, raised(before.tip), fee.compareTo(price) < 0 ? price : fee, height);
    Sent _ = pending.put(nonce, again);
    Optional<Long> gas = gas(before.call);
    try {
      if (gas.isPresent()) {
        submit(nonce, again, gas.get());
      } else {
        submitNothing(nonce, again);
      }
      LOG.atInfo()
          .addKeyValue("nonce", nonce)
          .addKeyValue("fee", again.fee)
          .addKeyValue("call", gas.isPresent())
          .log("sent again, as it is in no block");
    } catch (RpcException refused) {
      // It may be final by now, or the node has it: the next block tells.
      LOG.atInfo()
          .addKeyValue("nonce", nonce)
          .addKeyValue("reason", refused.getMessage())
          .log("not taken again");
    }
  }

  private static Amount raised(Amount amount) {
    return amount.plus(new Amount(amount.wei().dividedBy(RISE_PART))).plus(Amount.wei(1));
  }

  /// The gas of a call with which it succeeds after the last block; empty if a contract refuses it.
  private Optional<Long> gas(EconomyCall call) throws IOException {
    try {
      return Optional.of(
          withRoom(
              client.estimateGas(
                  account(), call.contract().address(), call.money(), call.input())));
    } catch (RpcException refused) {
      if (refused.code() == RpcException.REVERTED) {
        return Optional.empty();
      }
      throw new IOException("the node refuses: " + refused.getMessage(), refused);
    }
  }

  /// Others' transactions may come before it.
  private static long withRoom(long gas) {
    return gas + gas / 4;
  }

  private void submit(long nonce, Sent sent, long gas) throws IOException, RpcException {
    EconomyCall call = sent.call;
    submit(nonce, sent, gas, call.contract().address(), call.money(), call.input());
  }

  /// So that the nonce is used, and those behind it can be.
  private void submitNothing(long nonce, Sent sent) throws IOException, RpcException {
    submit(nonce, sent, ChainClient.TRANSFER_GAS, account(), Amount.ZERO, Bytes.EMPTY);
  }

  private void submit(long nonce, Sent sent, long gas, Address to, Amount money, Bytes input)
      throws IOException, RpcException {
    var _ =
        client.send(
            signer.sign(
                new DynamicFeeTransaction.Unsigned(
                    chainId,
                    nonce,
                    sent.tip,
                    sent.fee,
                    gas,
                    Optional.of(to),
                    money,
                    input,
                    List.of())));
  }

  @Override
  public Hash blockHash(long height) throws IOException {
    return ask(() -> client.blockHash(height));
  }

  @Override
  public <T> Optional<T> read(ContractRead<T> read) throws IOException {
    Optional<Optional<T>> known = answers.known(read, seen);
    if (known.isPresent()) {
      return known.get();
    }
    Optional<T> answer = ask(() -> client.read(read));
    if (seen >= 0) {
      answers.keep(read, answer, seen);
    }
    return answer;
  }

  @Override
  public List<WorkEvent> events(EconomyContract contract, long fromHeight) throws IOException {
    return ask(() -> client.workEvents(contract, fromHeight));
  }

  @Override
  public List<WorkEvent> events(EconomyContract contract, long job, long fromHeight)
      throws IOException {
    List<Hash> number = List.of(UInt256.of(job).toHash());
    return ask(() ->
            client.workEvents(List.of(contract), List.of(List.of(), number), fromHeight, seen))
        .stream()
        .map(DatedEvent::event)
        .filter(each -> each.jobNumber().orElse(0) == job)
        .toList();
  }

  @Override
  public Optional<String> serves(ServiceRole role, Address account) throws IOException {
    if (role != ServiceRole.WORKER) {
      return reading.serves(role, account);
    }
    String known = addresses.get(account);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<String> address = reading.serves(role, account);
    address.ifPresent(it -> addresses.put(account, it));
    return address;
  }

  @Override
  public String authorization(Address holder) {
    return signer.authorization(
        chainId, holder, clock.instant().getEpochSecond() + ServiceRequest.SECONDS_MAX / 2);
  }

  @Override
  public boolean send(EconomyCall call) throws IOException {
    ChainClient.Needs needs;
    try {
      needs = client.needs(account(), call.contract().address(), call.money(), call.input());
    } catch (RpcException refused) {
      if (refused.code() == RpcException.REVERTED) {
        return false;
      }
      throw new IOException("the node refuses: " + refused.getMessage(), refused);
    }
    long nonce = pending.isEmpty() ? needs.nonce() : Math.max(needs.nonce(), pending.lastKey() + 1);
    Amount price = needs.gasPrice().times(PRICE_FACTOR);
    Sent sent = new Sent(call, FIRST_TIP.min(price), price, Math.max(seen, 0));
    long _ =
        ask(() -> {
          submit(nonce, sent, withRoom(needs.gas()));
          return nonce;
        });
    Sent _ = pending.put(nonce, sent);
    return true;
  }
}
