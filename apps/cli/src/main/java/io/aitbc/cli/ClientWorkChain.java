// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.ChainClient;
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

  private static final Amount FIRST_TIP = Amount.wei(1);
  private static final Logger LOG = LoggerFactory.getLogger(ClientWorkChain.class);

  private final ChainClient client;
  private final RpcJobChain reading;
  private final AccountSigner signer;
  private final UInt256 chainId;
  private final InstantSource clock;
  private final JobReads answers = new JobReads();
  private final TreeMap<Long, Sent> pending = new TreeMap<>();
  private long seen = -1;

  /// A transaction that is in no final block yet.
  ///
  /// @param tip priority fee per unit of gas
  /// @param fee most per unit of gas
  /// @param height the last final block when it was sent
  private record Sent(EconomyCall call, Amount tip, Amount fee, long height) {}

  /// The chain of an account.
  ///
  /// @param chainId that of `client`
  /// @param clock the time by which requests to holders end
  ClientWorkChain(ChainClient client, AccountSigner signer, UInt256 chainId, InstantSource clock) {
    this.client = client;
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
    long height = ask(client::blockNumber);
    if (height > seen && !answers.isEmpty()) {
      answers.heard(ask(() -> client.workEvents(JobReads.CONTRACTS, List.of(), seen + 1)), height);
    }
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
      long least =
          client.estimateGas(account(), call.contract().address(), call.money(), call.input());
      return Optional.of(least + least / 4); // Others' transactions may come before it.
    } catch (RpcException refused) {
      if (refused.code() == RpcException.REVERTED) {
        return Optional.empty();
      }
      throw new IOException("the node refuses: " + refused.getMessage(), refused);
    }
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
  public Optional<String> serves(ServiceRole role, Address account) throws IOException {
    return reading.serves(role, account);
  }

  @Override
  public String authorization(Address holder) {
    return signer.authorization(
        chainId, holder, clock.instant().getEpochSecond() + ServiceRequest.SECONDS_MAX / 2);
  }

  @Override
  public boolean send(EconomyCall call) throws IOException {
    Optional<Long> gas = gas(call);
    if (gas.isEmpty()) {
      return false;
    }
    long next = ask(() -> client.nextNonce(account()));
    long nonce = pending.isEmpty() ? next : Math.max(next, pending.lastKey() + 1);
    Amount price = ask(client::gasPrice).times(PRICE_FACTOR);
    Sent sent = new Sent(call, FIRST_TIP.min(price), price, Math.max(seen, 0));
    long _ =
        ask(() -> {
          submit(nonce, sent, gas.get());
          return nonce;
        });
    Sent _ = pending.put(nonce, sent);
    return true;
  }
}
