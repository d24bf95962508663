// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.BlockFeed;
import io.aitbc.client.ChainClient;
import io.aitbc.client.DatedEvent;
import io.aitbc.client.JsonRpc;
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
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.model.UnsignedTransaction;
import io.aitbc.node.work.WorkChain;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The chain of a service: a node's public JSON-RPC, and an account whose key nobody else uses
/// meanwhile. A call that was sent and is in no block {@link #REPEAT_BLOCKS} blocks later is given
/// to the node again, for more money if the base fee rose above what it offers, so that the ones
/// behind it are not held up; what a contract would refuse by then gives way to a transfer of
/// nothing. Nothing is kept on a disk: who starts again asks the node for the next nonce, and the
/// contracts refuse what was done before. What somebody else, or the process before this one, left
/// under a nonce in front gives way to a transfer of nothing too if it does not get into a block.
/// Belongs to one thread.
final class ClientWorkChain implements WorkChain {
  /// Blocks after which a call is sent again.
  static final int REPEAT_BLOCKS = 5;

  /// Blocks for which a nonce in front that the process knows nothing of may be in the way.
  static final int FOREIGN_BLOCKS = 10;

  /// Such nonces that are used up at a time.
  private static final int FOREIGN_MAX = 16;

  /// Attempts after which the price for using one up rises no more: a transfer of nothing costs
  /// little, but not anything.
  private static final int FOREIGN_RISES_MAX = 14;

  /// A node that tells nothing for so long is asked.
  private static final long SILENCE_NANOS_MAX = 5_000_000_000L;

  private static final int SELECTOR_BYTES = 4;

  /// Calls that are sent together.
  private static final int TOGETHER_MAX = 64;

  /// What a node says whose pool is full of what offers more.
  private static final Pattern POOL_FULL =
      Pattern.compile("txpool is full: more than ([0-9]{1,77}) per gas");

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

  /// Calls that the node refused for another reason than a contract's, by contract and selector:
  /// told once, until one is taken.
  private final TreeSet<String> refusals = new TreeSet<>();

  private Foreign foreign = new Foreign(-1, 0, 0);
  private long seen = -1;

  /// Whether the node was behind what it had shown before, and has not caught up.
  private boolean behind;

  /// When the node said last how high its chain is, of itself or asked.
  private long heardNanos = System.nanoTime();

  /// A transaction that is in no final block yet.
  ///
  /// @param call what it does; empty for a transfer of nothing
  /// @param signed as the node took it last
  /// @param height the last final block when it was given to the node
  private record Sent(Optional<EconomyCall> call, Transaction signed, long height) {
    long nonce() {
      return signed.unsigned().nonce();
    }

    Offer offer() {
      return new Offer(signed.unsigned().maxPriorityFeePerGas(), signed.unsigned().maxFeePerGas());
    }
  }

  /// The nonce that blocks wait for, of a transaction that the process knows nothing of.
  ///
  /// @param since the first height at which it was seen, or at which something was done about it
  /// @param attempts to use it up that the node refused
  private record Foreign(long nonce, long since, int attempts) {}

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
    boolean isNew = height != seen;
    seen = height;
    if (isNew && !pending.isEmpty()) {
      long next = ask(() -> client.finalNonce(account()));
      pending.headMap(next).clear();
      for (Map.Entry<Long, Sent> each : List.copyOf(pending.entrySet())) {
        if (each.getValue().height + REPEAT_BLOCKS <= height) {
          repeat(each.getKey(), each.getValue(), height);
        }
      }
      freeTheWay(next, height);
    }
    return height;
  }

  /// The height that the node gives when it is asked.
  private long asked() throws IOException {
    long height = ask(client::blockNumber);
    behind = height < seen;
    if (behind) {
      // What it answers is older than what was done: jobs and disputes would seem not to exist.
      throw new IOException(
          "the node is behind: it has block %d, and had %d".formatted(height, seen));
    }
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
      if (from.open() || !from.isOpen() || behind) {
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

  /// Gives the node again what is in no block: the same while it offers enough for the base fee, so
  /// that a tip does not grow where it is not the money that is missing.
  private void repeat(long nonce, Sent before, long height) throws IOException {
    Amount price = ask(client::gasPrice);
    Sent given = before;
    try {
      Optional<Long> gas =
          before.call.isPresent() ? gas(before.call.get()) : Optional.of(ChainClient.TRANSFER_GAS);
      if (gas.isEmpty()) {
        given = nothing(nonce, before.offer().more(price), height);
      } else if (before.offer().fee().compareTo(price) < 0) {
        given = signed(nonce, before.call, gas.get(), before.offer().more(price), height);
      }
      given = taken(given);
      LOG.atInfo()
          .addKeyValue("nonce", nonce)
          .addKeyValue("fee", given.offer().fee())
          .addKeyValue("call", given.call.isPresent())
          .log("sent again, as it is in no block");
    } catch (RpcException refused) {
      // It may be final by now, or the node has it: the next block tells.
      given = before;
      LOG.atDebug()
          .addKeyValue("nonce", nonce)
          .addKeyValue("reason", refused.getMessage())
          .log("not taken again");
    }
    Sent _ = pending.put(nonce, new Sent(given.call, given.signed, height));
  }

  /// Uses up nonces in front of the calls that are known, once blocks have waited for the first of
  /// them for long: what was sent under them offers too little, or is in no pool any more.
  ///
  /// @param next nonce that blocks wait for
  private void freeTheWay(long next, long height) throws IOException {
    if (pending.isEmpty() || pending.firstKey() <= next || foreign.nonce != next) {
      foreign = new Foreign(next, height, 0);
    } else if (height >= foreign.since + FOREIGN_BLOCKS) {
      Amount price = ask(client::gasPrice);
      int attempts = foreign.attempts;
      Offer offer =
          new Offer(price.times(1 + attempts), price.times(Offer.PRICE_FACTOR + attempts));
      for (long nonce = next; nonce < Math.min(pending.lastKey(), next + FOREIGN_MAX); nonce++) {
        if (!pending.containsKey(nonce)) {
          useUp(nonce, offer, height);
        }
      }
      foreign = new Foreign(next, height, Math.min(attempts + 1, FOREIGN_RISES_MAX));
    }
  }

  private void useUp(long nonce, Offer offer, long height) throws IOException {
    try {
      Sent _ = pending.put(nonce, taken(nothing(nonce, offer, height)));
      LOG.atWarn()
          .addKeyValue("nonce", nonce)
          .addKeyValue("fee", offer.fee())
          .log("used up, as another's transaction was in the way; nothing else may send");
    } catch (RpcException refused) {
      LOG.atInfo()
          .addKeyValue("nonce", nonce)
          .addKeyValue("reason", refused.getMessage())
          .log("in the way, and not used up yet");
    }
  }

  /// The gas of a call with which it succeeds after the last block; empty if it does not, as a
  /// contract refuses it or the account cannot pay for it.
  ///
  /// @throws RpcException if the node cannot say
  private Optional<Long> gas(EconomyCall call) throws IOException, RpcException {
    try {
      return Optional.of(
          withRoom(
              client.estimateGas(
                  account(), call.contract().address(), call.money(), call.input())));
    } catch (RpcException refused) {
      if (isOfTheCall(refused)) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  /// Whether a refusal is of the call, or of what the account can pay, and not the node's trouble:
  /// what comes after the call is not to wait for it.
  private static boolean isOfTheCall(RpcException refused) {
    return refused.code() == RpcException.REVERTED
        || refused.code() == RpcException.REFUSED
        || refused.code() == RpcException.TRANSACTION_REFUSED;
  }

  /// Others' transactions may come before it.
  private static long withRoom(long gas) {
    return gas + gas / 4;
  }

  /// So that a nonce is used, and those behind it can be.
  private Sent nothing(long nonce, Offer offer, long height) {
    return signed(nonce, Optional.empty(), ChainClient.TRANSFER_GAS, offer, height);
  }

  /// Gives it to the node; to one whose pool is full for more than that asks for, as what is paid
  /// is the base fee all the same.
  ///
  /// @return what the node took
  private Sent taken(Sent offered) throws IOException, RpcException {
    try {
      Hash _ = client.send(offered.signed);
      return offered;
    } catch (RpcException refused) {
      Matcher full = POOL_FULL.matcher(String.valueOf(refused.getMessage()));
      if (!full.find()) {
        throw refused;
      }
      UnsignedTransaction before = offered.signed.unsigned();
      Amount fee = Offer.raised(new Amount(UInt256.parse(full.group(1))));
      Sent more =
          signed(
              before.nonce(),
              offered.call,
              before.gasLimit(),
              new Offer(offered.offer().tip(), fee),
              offered.height);
      Hash _ = client.send(more.signed);
      return more;
    }
  }

  private Sent signed(long nonce, Optional<EconomyCall> call, long gas, Offer offer, long height) {
    Transaction signed =
        signer.sign(
            new DynamicFeeTransaction.Unsigned(
                chainId,
                nonce,
                offer.tip(),
                offer.fee(),
                gas,
                Optional.of(call.map(it -> it.contract().address()).orElse(account())),
                call.map(EconomyCall::money).orElse(Amount.ZERO),
                call.map(EconomyCall::input).orElse(Bytes.EMPTY),
                List.of()));
    return new Sent(call, signed, height);
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
    if (seen < 0) {
      return ask(() -> client.read(read));
    }
    List<ContractRead<?>> together = answers.askedWith(read, seen);
    List<Optional<?>> all = ask(() -> client.readEach(together));
    for (int i = 0; i < together.size(); i++) {
      answers.keep(together.get(i), all.get(i), seen);
    }
    return answers.known(read, seen).orElseThrow();
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
    return send(List.of(call)).getFirst();
  }

  @Override
  public List<Boolean> send(List<EconomyCall> calls) throws IOException {
    List<Boolean> sent = new ArrayList<>();
    for (int from = 0; from < calls.size(); from += TOGETHER_MAX) {
      boolean _ =
          sent.addAll(together(calls.subList(from, Math.min(calls.size(), from + TOGETHER_MAX))));
    }
    return sent;
  }

  /// Asks what each of them takes in one go, and gives those that succeed to the node in another.
  private List<Boolean> together(List<EconomyCall> calls) throws IOException {
    List<ChainClient.Wanted> wanted =
        calls.stream()
            .map(it -> new ChainClient.Wanted(it.contract().address(), it.money(), it.input()))
            .toList();
    ChainClient.Needs needs = ask(() -> client.needs(account(), wanted));
    long nonce = pending.isEmpty() ? needs.nonce() : Math.max(needs.nonce(), pending.lastKey() + 1);
    Amount price = needs.gasPrice().times(Offer.PRICE_FACTOR);
    Offer offer = new Offer(FIRST_TIP.min(price), price);
    List<Optional<Sent>> signed = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      EconomyCall call = calls.get(i);
      switch (needs.gas().get(i)) {
        case JsonRpc.Answer.Result<Long>(Long gas) -> {
          Sent each = signed(nonce, Optional.of(call), withRoom(gas), offer, Math.max(seen, 0));
          signed.add(Optional.of(each));
          nonce++;
        }
        case JsonRpc.Answer.Refusal<Long>(RpcException reason) -> {
          refused(call, reason);
          signed.add(Optional.empty());
        }
      }
    }
    give(signed.stream().flatMap(Optional::stream).toList());
    return signed.stream()
        .map(each -> each.isPresent() && pending.containsKey(each.get().nonce()))
        .toList();
  }

  /// Gives them to the node. One that it does not take stays pending where one with a higher nonce
  /// was taken, and is given again like what was lost; behind the last that was taken none is sent.
  private void give(List<Sent> offered) throws IOException {
    if (offered.isEmpty()) {
      return;
    }
    List<JsonRpc.Answer<Hash>> answers = client.send(offered.stream().map(Sent::signed).toList());
    int last = offered.size() - 1;
    while (last >= 0 && answers.get(last) instanceof JsonRpc.Answer.Refusal<Hash>) {
      last--;
    }
    boolean goesOn = true;
    for (int i = 0; i < offered.size(); i++) {
      Sent each = offered.get(i);
      if (answers.get(i) instanceof JsonRpc.Answer.Result<Hash>) {
        Sent _ = pending.put(each.nonce(), each);
        boolean _ = refusals.remove(kind(each.call.orElseThrow()));
      } else if (i < last || goesOn) {
        goesOn = goesOn && givenAlone(each, i < last);
      }
    }
  }

  /// Gives one to the node that did not take it among others.
  ///
  /// @param stays whether it is pending all the same if the node refuses it again
  /// @return whether the node took it
  private boolean givenAlone(Sent offered, boolean stays) throws IOException {
    try {
      Sent _ = pending.put(offered.nonce(), taken(offered));
      return true;
    } catch (RpcException refused) {
      if (stays) {
        Sent _ = pending.put(offered.nonce(), offered);
      }
      refused(offered.call.orElseThrow(), refused);
      return false;
    }
  }

  private static String kind(EconomyCall call) {
    return call.contract() + " " + call.input().slice(0, SELECTOR_BYTES).toHex();
  }

  /// Notes that a call cannot be sent now.
  ///
  /// @throws IOException if that is the node's trouble
  private void refused(EconomyCall call, RpcException reason) throws IOException {
    if (!isOfTheCall(reason)) {
      throw new IOException("the node refuses: " + reason.getMessage(), reason);
    }
    String kind = kind(call);
    if (reason.code() != RpcException.REVERTED && refusals.add(kind)) {
      LOG.atWarn()
          .addKeyValue("account", account())
          .addKeyValue("call", kind)
          .addKeyValue("reason", reason.getMessage())
          .log("a call cannot be sent now");
    }
  }
}
