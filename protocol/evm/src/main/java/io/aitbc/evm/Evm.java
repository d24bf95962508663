// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.Log;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.UnsignedTransaction;
import io.aitbc.state.Overlay;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The Ethereum virtual machine: executes transactions, calls from outside of the chain, and the
/// chain's own system calls, over an {@link Overlay} that it reads and writes. Protocol §14.6.
///
/// One belongs to one thread; whoever executes in parallel has several. What it keeps between calls
/// (code, scratch space) never changes a result.
public final class Evm {
  private final Secp256k1 secp256k1;
  private final Function<Fork, Precompiles> precompiles;
  private final CodeCache codes;
  private final Workspace workspace = new Workspace();
  private @Nullable Tracer tracer;

  /// A machine.
  ///
  /// @param secp256k1 recovers who signed authorizations
  /// @param precompiles the table of each fork
  /// @param codes keeps code ready to run
  public Evm(Secp256k1 secp256k1, Function<Fork, Precompiles> precompiles, CodeCache codes) {
    this.secp256k1 = secp256k1;
    this.precompiles = precompiles;
    this.codes = codes;
  }

  /// The same machine with somebody who watches every execution from here on.
  public Evm watchedBy(Tracer watcher) {
    Evm watched = new Evm(secp256k1, precompiles, codes);
    watched.tracer = watcher;
    return watched;
  }

  /// The same machine, watched by the same, with other precompiles under every fork.
  public Evm with(Precompiles others) {
    Evm other = new Evm(secp256k1, _ -> others, codes);
    other.tracer = tracer;
    return other;
  }

  /// The precompiles under a fork.
  public Precompiles precompiles(Fork fork) {
    return precompiles.apply(fork);
  }

  /// Executes a transaction that {@link io.aitbc.model.TransactionRules} found valid under the
  /// block's fork, and writes what it changes to `state`.
  ///
  /// @param fees who gets the fees
  /// @throws IllegalArgumentException if its gas limit does not cover its intrinsic gas
  public TransactionOutcome execute(
      RecoveredTransaction recovered, BlockEnvironment block, FeeRule fees, Overlay state) {
    Transaction transaction = recovered.transaction();
    TransactionState live = live(block, state);
    LiveAccount sender = live.account(recovered.sender());
    Optional<TransactionRefusal> refusal = Admission.judge(transaction, sender, live, block);
    if (refusal.isPresent()) {
      return new TransactionOutcome.Refused(refusal.get());
    }
    return carryOut(recovered, block, fees, live, state);
  }

  /// Executes a transaction whatever its nonce, and though its sender may be a contract: for
  /// eth_simulateV1. One that offers no fee is executed as by {@link #simulate}; another must offer
  /// the base fee and be affordable, and pays.
  ///
  /// @param recovered what it may cost must be below 2^256 wei
  /// @param fees who gets the fees
  /// @throws IllegalArgumentException if its gas limit does not cover its intrinsic gas
  public TransactionOutcome attempt(
      RecoveredTransaction recovered, BlockEnvironment block, FeeRule fees, Overlay state) {
    Transaction transaction = recovered.transaction();
    if (transaction.maxFeePerGas().isZero()) {
      return simulate(transaction.unsigned(), recovered.sender(), block, state);
    }
    TransactionState live = live(block, state);
    Optional<TransactionRefusal> refusal =
        Admission.judgeFee(transaction, block)
            .or(() -> Admission.judgeCost(transaction, live.account(recovered.sender())));
    return refusal.isPresent()
        ? new TransactionOutcome.Refused(refusal.get())
        : carryOut(recovered, block, fees, live, state);
  }

  private TransactionOutcome carryOut(
      RecoveredTransaction recovered,
      BlockEnvironment block,
      FeeRule fees,
      TransactionState live,
      Overlay state) {
    Transaction transaction = recovered.transaction();
    Amount price = transaction.effectiveGasPrice(block.baseFeePerGas());
    TransactionRun run =
        new TransactionRun(
            transaction.unsigned(),
            live.account(recovered.sender()),
            price,
            block,
            live,
            secp256k1);
    run.payForGas();
    CallResult result = run.execute(machine(live, block, recovered.sender(), price));
    run.settle(result, fees);
    live.writeTo(state);
    return run.outcome(result);
  }

  /// Runs what `request` would do if `sender` sent it: for eth_call, eth_estimateGas and the like.
  /// Its signature, nonce and fees are not looked at and no fee is taken, but the sender must hold
  /// the value. Changes are written to `state`.
  ///
  /// @throws IllegalArgumentException if its gas limit does not cover its intrinsic gas
  public TransactionOutcome simulate(
      UnsignedTransaction request, Address sender, BlockEnvironment block, Overlay state) {
    TransactionState live = live(block, state);
    LiveAccount from = live.account(sender);
    long[] value = new long[4];
    Words.set(request.value().wei(), value, 0);
    if (!live.covers(from, value)) {
      return new TransactionOutcome.Refused(
          new TransactionRefusal.BalanceTooLow(request.value(), from.balanceAmount()));
    }
    Amount price =
        block.baseFeePerGas().plus(request.maxPriorityFeePerGas()).min(request.maxFeePerGas());
    TransactionRun run = new TransactionRun(request, from, price, block, live, secp256k1);
    CallResult result = run.execute(machine(live, block, sender, price));
    run.countGas(result);
    live.writeTo(state);
    return run.outcome(result);
  }

  /// What a system call did.
  ///
  /// @param result how it ended
  /// @param logs what contracts wrote; none if it failed
  public record SystemCallOutcome(CallResult result, List<Log> logs) {}

  /// Runs a call that the chain itself makes: no transaction, no fee, no intrinsic gas, no value.
  /// Changes are written to `state` if it succeeds. Protocol §14.6.
  ///
  /// @param gas gas it may use
  public SystemCallOutcome systemCall(
      Address caller,
      Address target,
      Bytes input,
      long gas,
      BlockEnvironment block,
      Overlay state) {
    TransactionState live = live(block, state);
    LiveAccount from = live.account(caller);
    LiveAccount to = live.account(target);
    from.warm = true;
    to.warm = true;
    CallResult result =
        machine(live, block, caller, Amount.ZERO).call(from, to, new long[4], input, gas);
    live.writeTo(state);
    return new SystemCallOutcome(result, live.logs());
  }

  /// Runs fixed code for a second or two, so that the JVM compiles the machine for what contracts
  /// usually do: else what an instruction costs depends on what ran first. For programs that
  /// execute blocks, once, before the first or beside the first few; nothing else depends on it.
  ///
  /// @param secp256k1 whatever the machines have
  public static void rehearse(Secp256k1 secp256k1) {
    new Rehearsal(new Evm(secp256k1, _ -> Precompiles.NONE, new CodeCache(1 << 17))).run();
  }

  private TransactionState live(BlockEnvironment block, Overlay state) {
    return new TransactionState(
        workspace, state, codes, precompiles.apply(block.fork()), block.random());
  }

  private Machine machine(
      TransactionState live, BlockEnvironment block, Address origin, Amount price) {
    TransactionWords words = new TransactionWords(block, origin, price);
    return new Machine(workspace, live, block, words, tracer);
  }
}
