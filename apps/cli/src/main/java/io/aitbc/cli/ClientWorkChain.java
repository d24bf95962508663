// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
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
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
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
/// Belongs to one thread, but that others may ask for headers to holders.
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

  private static final int SELECTOR_BYTES = 4;

  /// Calls that are sent together.
  private static final int TOGETHER_MAX = 64;

  /// What a node says whose pool is full of what offers more.
  private static final Pattern POOL_FULL =
      Pattern.compile("txpool is full: more than ([0-9]{1,77}) per gas");

  /// What a node says to an account that cannot pay for a transaction beside those that wait.
  private static final String FUNDS_TOO_LOW = "insufficient funds";

  /// How long a request to a holder holds when it is signed: clocks may differ by as much.
  private static final long HEADER_SECONDS = ServiceRequest.SECONDS_MAX / 2;

  /// How long it is sent again: a service asks each worker a few times for each claim.
  private static final long HEADER_AGAIN_SECONDS = 60;

  /// Holders for whom one is kept.
  private static final int HEADERS_MAX = 256;

  private static final Amount FIRST_TIP = Amount.wei(1);
  private static final Logger LOG = LoggerFactory.getLogger(ClientWorkChain.class);

  private final NodeView view;
  private final ChainClient client;
  private final AccountSigner signer;
  private final UInt256 chainId;
  private final InstantSource clock;
  private final TreeMap<Long, Sent> pending = new TreeMap<>();

  /// Calls that the node refused for another reason than a contract's, by contract and selector:
  /// told once, until one is taken.
  private final TreeSet<String> refusals = new TreeSet<>();

  /// What holders were asked with last; fetches on other threads ask too.
  private final ConcurrentSkipListMap<Address, Header> headers = new ConcurrentSkipListMap<>();

  private Foreign foreign = new Foreign(-1, 0, 0);
  private long seen = -1;

  /// A transaction that is in no final block yet.
  ///
  /// @param call what it does; empty for a transfer of nothing
  /// @param signed as the node took it last
  /// @param height the last final block when it was given to the node
  private record Sent(Optional<EconomyCall> call, Transaction signed, long height) {
    long nonce() {
      return signed.unsigned().nonce();
    }

    /// The same, to be given again after the next block: nobody knows whether the node has it.
    Sent unsure() {
      return new Sent(call, signed, height - REPEAT_BLOCKS);
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

  /// An Authorization header.
  ///
  /// @param until when it holds, Unix seconds
  private record Header(String text, long until) {
    boolean isFresh(long now) {
      long left = until - now;
      return left > HEADER_SECONDS - HEADER_AGAIN_SECONDS && left <= HEADER_SECONDS;
    }
  }

  /// The chain of an account.
  ///
  /// @param view of the node; closed by who took it
  /// @param chainId that of the node
  /// @param clock the time by which requests to holders end
  ClientWorkChain(NodeView view, AccountSigner signer, UInt256 chainId, InstantSource clock) {
    this.view = view;
    this.client = view.client();
    this.signer = signer;
    this.chainId = chainId;
    this.clock = clock;
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
    long height = view.height();
    boolean isNew = height != seen;
    seen = height;
    if (isNew && !pending.isEmpty()) {
      long next = view.finalNonce(account());
      pending.headMap(next).clear();
      for (Map.Entry<Long, Sent> each : List.copyOf(pending.entrySet())) {
        if (each.getValue().height + REPEAT_BLOCKS <= height) {
          repeat(each.getValue(), each.getKey() == next, height);
        }
      }
      freeTheWay(next, height);
    }
    return height;
  }

  /// Waits until the node may have a new block.
  ///
  /// @param timeMax how long
  void awaitNews(Duration timeMax) throws InterruptedException {
    view.awaitNews(seen, timeMax);
  }

  /// Gives the node again what is in no block: the same while it offers enough for the base fee, so
  /// that a tip does not grow where it is not the money that is missing.
  ///
  /// @param isNext whether blocks wait for it
  private void repeat(Sent before, boolean isNext, long height) throws IOException {
    long nonce = before.nonce();
    Amount price = NodeView.ask(client::gasPrice);
    Sent given = before;
    try {
      Optional<Long> gas =
          before.call.isPresent() ? gas(before.call.get()) : Optional.of(ChainClient.TRANSFER_GAS);
      if (gas.isEmpty()) {
        given = nothing(nonce, before.offer().more(price), height);
      } else if (before.offer().fee().compareTo(price) < 0) {
        given = signed(nonce, before.call, gas.get(), before.offer().more(price), height);
      }
      given = takenAgain(given, isNext, price, height);
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

  /// Gives it to the node again. What all wait for, and the account cannot pay beside those behind
  /// it, gives way: it would never get in, and they would not either.
  private Sent takenAgain(Sent again, boolean isNext, Amount price, long height)
      throws IOException, RpcException {
    try {
      return taken(again);
    } catch (RpcException refused) {
      boolean isPoor = String.valueOf(refused.getMessage()).startsWith(FUNDS_TOO_LOW);
      if (!isNext || !isPoor || again.call.isEmpty()) {
        throw refused;
      }
      return taken(nothing(again.nonce(), again.offer().more(price), height));
    }
  }

  /// Uses up nonces in front of the calls that are known, once blocks have waited for the first of
  /// them for long: what was sent under them offers too little, or is in no pool any more.
  ///
  /// @param next nonce that blocks wait for
  private void freeTheWay(long next, long height) throws IOException {
    if (pending.isEmpty() || pending.firstKey() <= next || foreign.nonce != next) {
      foreign = new Foreign(next, height, 0);
    } else if (height >= foreign.since + FOREIGN_BLOCKS) {
      Amount price = NodeView.ask(client::gasPrice);
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
    return NodeView.ask(() -> client.blockHash(height));
  }

  @Override
  public <T> Optional<T> read(ContractRead<T> read) throws IOException {
    return view.read(read);
  }

  @Override
  public OptionalLong version(long job) {
    return OptionalLong.of(view.version(job));
  }

  @Override
  public List<WorkEvent> events(EconomyContract contract, long fromHeight) throws IOException {
    return view.events(contract, List.of(), fromHeight);
  }

  @Override
  public List<WorkEvent> events(EconomyContract contract, long job, long fromHeight)
      throws IOException {
    return view.events(contract, List.of(List.of(), List.of(topic(job))), fromHeight).stream()
        .filter(each -> each.jobNumber().orElse(0) == job)
        .toList();
  }

  /// A number as logs are found by it.
  private static Hash topic(long number) {
    return UInt256.of(number).toHash();
  }

  @Override
  public List<WorkEvent> disputes(List<Long> numbers, long fromHeight) throws IOException {
    List<List<Hash>> topics =
        List.of(List.of(), numbers.stream().map(ClientWorkChain::topic).toList());
    return view.events(EconomyContract.DISPUTES, topics, fromHeight);
  }

  @Override
  public List<WorkEvent.Opened> opened(long job, long fromHeight) throws IOException {
    List<List<Hash>> topics = List.of(List.of(), List.of(), List.of(topic(job)));
    return view.events(EconomyContract.DISPUTES, topics, fromHeight).stream()
        .filter(WorkEvent.Opened.class::isInstance)
        .map(WorkEvent.Opened.class::cast)
        .toList();
  }

  @Override
  public Optional<String> serves(ServiceRole role, Address account) throws IOException {
    return view.serves(role, account);
  }

  @Override
  public String authorization(Address holder) {
    long now = clock.instant().getEpochSecond();
    Header known = headers.get(holder);
    if (known != null && known.isFresh(now)) {
      return known.text;
    }
    long until = now + HEADER_SECONDS;
    Header fresh = new Header(signer.authorization(chainId, holder, until), until);
    if (headers.size() >= HEADERS_MAX) {
      headers.clear();
    }
    Header _ = headers.put(holder, fresh);
    return fresh.text;
  }

  @Override
  public boolean send(EconomyCall call) throws IOException {
    return send(List.of(call)).getFirst();
  }

  @Override
  public List<Boolean> send(List<EconomyCall> calls) throws IOException {
    List<Boolean> sent = new ArrayList<>();
    for (int from = 0; from < calls.size(); from += TOGETHER_MAX) {
      List<EconomyCall> some = calls.subList(from, Math.min(calls.size(), from + TOGETHER_MAX));
      try {
        boolean _ = sent.addAll(together(some));
      } catch (IOException unreachable) {
        if (from == 0) {
          throw unreachable;
        }
        some.forEach(_ -> sent.add(false)); // Who sent those before has to know that.
      }
    }
    return sent;
  }

  @Override
  public boolean isPending(EconomyCall call) {
    return pending.values().stream().anyMatch(each -> each.call.equals(Optional.of(call)));
  }

  /// Asks what each of them takes in one go, and gives those that succeed to the node in another.
  private List<Boolean> together(List<EconomyCall> calls) throws IOException {
    List<ChainClient.Wanted> wanted =
        calls.stream()
            .map(it -> new ChainClient.Wanted(it.contract().address(), it.money(), it.input()))
            .toList();
    ChainClient.Needs needs = NodeView.ask(() -> client.needs(account(), wanted));
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
  /// was taken, and is given again like what was lost: those behind it wait for its nonce. Behind
  /// the last that was taken none is sent. Where the node does not answer, it may have all of them.
  private void give(List<Sent> offered) {
    if (offered.isEmpty()) {
      return;
    }
    List<JsonRpc.Answer<Hash>> answers;
    try {
      answers = client.send(offered.stream().map(Sent::signed).toList());
    } catch (IOException unanswered) {
      LOG.atInfo()
          .addKeyValue("calls", offered.size())
          .addKeyValue("reason", unanswered.getMessage())
          .log("given to a node that did not answer");
      offered.forEach(each -> pending.put(each.nonce(), each.unsure()));
      return;
    }
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
      } else if (i < last) {
        boolean _ = givenAlone(each, true);
      } else if (goesOn) {
        goesOn = givenAlone(each, false);
      }
    }
  }

  /// Gives one to the node that did not take it among others.
  ///
  /// @param stays whether it is pending all the same if the node refuses it again
  /// @return whether the node took it
  private boolean givenAlone(Sent offered, boolean stays) {
    try {
      Sent _ = pending.put(offered.nonce(), taken(offered));
      return true;
    } catch (IOException unanswered) {
      Sent _ = pending.put(offered.nonce(), offered.unsure());
      return true;
    } catch (RpcException refused) {
      if (stays) {
        Sent _ = pending.put(offered.nonce(), offered.unsure());
      }
      refused(offered.call.orElseThrow(), refused);
      return false;
    }
  }

  private static String kind(EconomyCall call) {
    return call.contract() + " " + call.input().slice(0, SELECTOR_BYTES).toHex();
  }

  /// Notes that a call cannot be sent now, be it a contract's word, the account's lack of money or
  /// the node's trouble with it: the others are sent all the same.
  private void refused(EconomyCall call, RpcException reason) {
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
