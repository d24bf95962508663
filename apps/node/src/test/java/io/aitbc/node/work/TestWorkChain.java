// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.BlockEnvironments;
import io.aitbc.execution.Calls;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Height;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.ServiceRequest;
import io.aitbc.model.UInt256;
import io.aitbc.node.OneValidatorChain;
import io.aitbc.signer.AccountSigner;
import io.aitbc.storage.Head;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A chain of one validator, in virtual time, as the service of one account sees it.
final class TestWorkChain implements WorkChain {
  /// Gas of a call of the contracts of work: far from the bound of a block.
  private static final long GAS = 8_000_000;

  private final OneValidatorChain chain;
  private final ExecutionParameters parameters;
  private final AccountSigner signer;
  private final Map<Address, String> served;
  private final Calls calls;
  private long nonce;
  private long logs;
  private long logsSeen;

  TestWorkChain(
      OneValidatorChain chain,
      ExecutionParameters parameters,
      AccountSigner signer,
      Map<Address, String> served) {
    this.chain = chain;
    this.parameters = parameters;
    this.signer = signer;
    this.served = served;
    this.calls = new Calls(chain.machines.another());
  }

  @Override
  public Address account() {
    return signer.address();
  }

  @Override
  public UInt256 chainId() {
    return parameters.chainId();
  }

  @Override
  public long height() {
    return chain.store.head().height().number();
  }

  @Override
  public Hash blockHash(long height) {
    return chain.store.header(new Height(height)).orElseThrow().hash();
  }

  @Override
  public String authorization(Address holder) {
    return signer.authorization(
        chainId(), holder, Instant.now().getEpochSecond() + ServiceRequest.SECONDS_MAX / 2);
  }

  @Override
  public <T> Optional<T> read(ContractRead<T> read) {
    Head head = chain.store.head();
    return calls.read(parameters, head.header(), head.state(), read);
  }

  @Override
  public List<WorkEvent> events(EconomyContract contract, long fromHeight) {
    List<WorkEvent> events = new ArrayList<>();
    for (long height = fromHeight; height <= height(); height++) {
      for (Receipt receipt : chain.store.receipts(new Height(height)).orElseThrow()) {
        for (Log log : receipt.logs()) {
          if (log.address().equals(contract.address())) {
            WorkEvent.of(log).ifPresent(events::add);
          }
        }
      }
    }
    return events;
  }

  /// How many logs there are: more than an event of the job may change it.
  @Override
  public OptionalLong version(long job) {
    for (; logsSeen < height(); logsSeen++) {
      for (Receipt receipt : chain.store.receipts(new Height(logsSeen + 1)).orElseThrow()) {
        logs += receipt.logs().size();
      }
    }
    return OptionalLong.of(logs);
  }

  @Override
  public Optional<String> serves(ServiceRole role, Address account) {
    return Optional.ofNullable(served.get(account));
  }

  /// One service after the other, though each may have a thread.
  @Override
  public boolean send(EconomyCall call) {
    synchronized (chain) {
      return sent(call);
    }
  }

  private boolean sent(EconomyCall call) {
    Head head = chain.store.head();
    var request =
        new DynamicFeeTransaction.Unsigned(
            parameters.chainId(),
            nonce,
            Amount.wei(1),
            Amount.wei(100_000_000_000L),
            GAS,
            Optional.of(call.contract().address()),
            call.money(),
            call.input(),
            List.of());
    TransactionOutcome outcome =
        calls.call(
            request,
            account(),
            BlockEnvironments.of(parameters, head.header(), head.state()),
            head.state());
    boolean succeeds =
        outcome instanceof TransactionOutcome.Executed executed
            && executed.result() instanceof CallResult.Success;
    if (succeeds) {
      chain.include(signer.sign(request));
      nonce++;
    }
    return succeeds;
  }
}
