// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.Evm;
import io.aitbc.evm.FeeRule;
import io.aitbc.evm.Precompiles;
import io.aitbc.evm.Tracer;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.AccessListTransaction;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Fork;
import io.aitbc.model.IntrinsicGas;
import io.aitbc.model.LegacyTransaction;
import io.aitbc.model.Mode;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.SetCodeTransaction;
import io.aitbc.model.UnsignedTransaction;
import io.aitbc.model.VotingPower;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// Calls from outside of the chain, over any state: what eth_call and eth_estimateGas do. Nothing
/// is signed, paid or kept. Belongs to one thread.
public final class Calls {
  /// What estimating gas gives.
  public sealed interface Estimate {
    /// A gas limit with which the call succeeds in this state.
    ///
    /// @param gasLimit the limit
    record Enough(long gasLimit) implements Estimate {}

    /// With the most gas allowed it does not succeed.
    ///
    /// @param outcome what came of it
    record Failed(TransactionOutcome outcome) implements Estimate {}

    /// The most gas allowed is below what it costs whatever it does.
    ///
    /// @param needed gas charged before execution
    /// @param gasLimit the most that is allowed
    record GasTooLow(long needed, long gasLimit) implements Estimate {}
  }

  /// Somebody who watches a transaction from its beginning to its end.
  @FunctionalInterface
  public interface Watcher {
    /// Who is told what happens in it.
    Tracer tracer();

    /// It ended.
    ///
    /// @param changes its own over the state in which it began; not to be kept
    default void ended(Overlay changes) {}
  }

  /// Of the gas that is left a call keeps a 64th when it calls another. EIP-150.
  private static final long GAS_KEPT_PART = 64;

  private final Evm machine;

  /// Calls that run on `machine`.
  public Calls(Evm machine) {
    this.machine = machine;
  }

  /// The precompiles under a fork.
  public Precompiles precompiles(Fork fork) {
    return machine.precompiles(fork);
  }

  /// These calls on a machine with other precompiles.
  public Calls with(Precompiles others) {
    return new Calls(machine.with(others));
  }

  /// These calls, and `watcher` is told what happens in each.
  public Calls watchedBy(Tracer watcher) {
    return new Calls(machine.watchedBy(watcher));
  }

  /// Does to `state` what a block does first: tells the contracts of EIP-4788 and EIP-2935, where
  /// they are, of its parent. Without the calls of the chain's own contracts. Protocol §14.5.
  ///
  /// @param parentCertificateHash what the header has as parentBeaconBlockRoot
  public void beginBlock(
      BlockEnvironment block, Hash parentHash, Hash parentCertificateHash, Overlay state) {
    SystemCalls calls = new SystemCalls(machine, block, state);
    calls.callIfPresent(Predeploys.PARENT_CERTIFICATES, parentCertificateHash.toBytes());
    calls.callIfPresent(Predeploys.HISTORY, parentHash.toBytes());
  }

  /// Executes a transaction as the next of a block, and writes what it changes to `state`: nonce,
  /// sender and fee are judged. The fee goes to nobody here: a block pays at its end (§14.4).
  ///
  /// @param transaction what it may cost must be below 2^256 wei
  /// @throws IllegalArgumentException if its gas limit is below {@link IntrinsicGas#gasLimitMin}
  public TransactionOutcome execute(
      RecoveredTransaction transaction, BlockEnvironment block, Overlay state) {
    return machine.execute(transaction, block, FeeRule.NOBODY, state);
  }

  /// The same whatever the nonce and whoever the sender is ({@link Evm#attempt}).
  ///
  /// @param transaction what it may cost must be below 2^256 wei
  /// @throws IllegalArgumentException if its gas limit is below {@link IntrinsicGas#gasLimitMin}
  public TransactionOutcome attempt(
      RecoveredTransaction transaction, BlockEnvironment block, Overlay state) {
    return machine.attempt(transaction, block, FeeRule.NOBODY, state);
  }

  /// What `request` would do.
  ///
  /// @throws IllegalArgumentException if its gas limit is below {@link IntrinsicGas#gasLimitMin}
  public TransactionOutcome call(
      UnsignedTransaction request, Address sender, BlockEnvironment block, StateView state) {
    return machine.simulate(request, sender, block, new Overlay(state));
  }

  /// The same, and `watcher` is told what happens.
  public TransactionOutcome watchedCall(
      UnsignedTransaction request,
      Address sender,
      BlockEnvironment block,
      StateView state,
      Watcher watcher) {
    Overlay changes = new Overlay(state);
    Evm watched = machine.watchedBy(watcher.tracer());
    TransactionOutcome outcome = watched.simulate(request, sender, block, changes);
    watcher.ended(changes);
    return outcome;
  }

  /// Executes the first transactions of a final block again, each as it was.
  ///
  /// @param genesis the network
  /// @param header of the block
  /// @param transactions of the block, from the first on
  /// @param before the state after its parent
  /// @param after the state after it
  /// @param watchers for the index of a transaction who is told what happens in it
  /// @return what came of each of them
  public List<TransactionOutcome> replay(
      ExecutionParameters genesis,
      BlockHeader header,
      List<RecoveredTransaction> transactions,
      StateView before,
      StateView after,
      IntFunction<Optional<Watcher>> watchers) {
    Overlay state = new Overlay(new BlockStartView(before, after));
    BlockEnvironment block = BlockEnvironments.of(genesis, header, state);
    List<TransactionOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < transactions.size(); i++) {
      Optional<Watcher> watcher = watchers.apply(i);
      Evm watched = watcher.map(Watcher::tracer).map(machine::watchedBy).orElse(machine);
      Overlay changes = new Overlay(state);
      // A network pays fees behind the last transaction (Protocol §14.4).
      outcomes.add(watched.execute(transactions.get(i), block, FeeRule.NOBODY, changes));
      watcher.ifPresent(each -> each.ended(changes));
      changes.applyTo(state);
    }
    return outcomes;
  }

  /// Whether the calls at a block's start write the storage of an account, so that its first
  /// transaction meets the storage that the block leaves. Protocol §14.5.
  public static boolean isWrittenAtStart(Address address) {
    return BlockStartView.isWrittenAtStart(address);
  }

  /// A gas limit, at most that of `request`, with which it succeeds: what it takes, or where that
  /// is too little at most a 64th of it above the least that is enough.
  public Estimate estimateGas(
      UnsignedTransaction request, Address sender, BlockEnvironment block, StateView state) {
    long least = IntrinsicGas.of(request, block.fork()).gasLimitMin();
    long most = request.gasLimit();
    if (Long.compareUnsigned(most, least) < 0) {
      return new Estimate.GasTooLow(least, most);
    }
    StateView read = new Overlay(state); // What one run reads, the next ones read again.
    TransactionOutcome outcome = call(request, sender, block, read);
    if (!(outcome instanceof TransactionOutcome.Executed executed) || !executed.succeeded()) {
      return new Estimate.Failed(outcome);
    }
    // What it took with `most` is the least, and mostly enough. A call of calls needs more, as each
    // keeps a part for itself: so much more is tried, and twice of it.
    long taken = Math.max(least, executed.gasUsed() + executed.gasRefunded());
    long near = Math.max(1, taken / GAS_KEPT_PART);
    long tooLittle = taken - 1;
    for (long step = 0; taken + step < most; step = Math.max(2 * step, near)) {
      if (succeeded(call(withGasLimit(request, taken + step), sender, block, read))) {
        most = taken + step;
      } else {
        tooLittle = taken + step;
      }
    }
    while (most - tooLittle > near) {
      long middle = tooLittle + (most - tooLittle) / 2;
      if (succeeded(call(withGasLimit(request, middle), sender, block, read))) {
        most = middle;
      } else {
        tooLittle = middle;
      }
    }
    return new Estimate.Enough(most);
  }

  /// What a proposal would do after `head`. Protocol §16.12.
  ///
  /// @param genesis the network
  /// @param state after `head`
  public DryRun dryRun(ExecutionParameters genesis, BlockHeader head, StateView state) {
    return new DryRun(genesis, head, new EconomyView(genesis, machine, head, state));
  }

  /// Who holds too much of the stake after `head`. Protocol §16.6.
  public Concentration concentration(
      ExecutionParameters genesis, BlockHeader head, StateView state) {
    return Concentration.of(new EconomyView(genesis, machine, head, state));
  }

  /// What `stake`, all that is in an epoch's set, earns in a year in `mode` by the state after
  /// `head`; empty if it is none, or nothing is known of rewards. Protocol §16.8.
  public Optional<StakerYield> stakerYield(
      ExecutionParameters genesis,
      BlockHeader head,
      StateView state,
      Mode mode,
      VotingPower stake) {
    return StakerYield.of(new EconomyView(genesis, machine, head, state), mode, stake);
  }

  /// What the registries know of an account after `head`. Protocol §16.5, §16.6.
  public ValidatorAccount validator(
      ExecutionParameters genesis, BlockHeader head, StateView state, Address account) {
    return ValidatorAccount.of(new EconomyView(genesis, machine, head, state), account);
  }

  /// The latest proposals after `head`, from number `from` downwards. Protocol §16.11.
  public Proposal.Listed proposals(
      ExecutionParameters genesis, BlockHeader head, StateView state, long from) {
    return Proposal.list(new EconomyView(genesis, machine, head, state), from);
  }

  /// The parameters of the chain after `head`; none if it has no contract for them. Protocol §19.3.
  public List<ChainParameter> parameters(
      ExecutionParameters genesis, BlockHeader head, StateView state) {
    return ChainParameter.all(new EconomyView(genesis, machine, head, state));
  }

  /// What `owner` has in the pool of `pool` after `head`. Protocol §16.8.
  public PoolAccount pool(
      ExecutionParameters genesis, BlockHeader head, StateView state, Address pool, Address owner) {
    return PoolAccount.of(new EconomyView(genesis, machine, head, state), pool, owner);
  }

  /// What a contract of the chain answers after `head`; empty if there is no such thing.
  public <T> Optional<T> read(
      ExecutionParameters genesis, BlockHeader head, StateView state, ContractRead<T> question) {
    return new EconomyView(genesis, machine, head, state).read(question);
  }

  /// Least gas limit that `request` may have under `fork`.
  public static long gasLimitMin(UnsignedTransaction request, Fork fork) {
    return IntrinsicGas.of(request, fork).gasLimitMin();
  }

  private static boolean succeeded(TransactionOutcome outcome) {
    return outcome instanceof TransactionOutcome.Executed executed && executed.succeeded();
  }

  private static UnsignedTransaction withGasLimit(UnsignedTransaction request, long gasLimit) {
    return switch (request) {
      case LegacyTransaction.Unsigned t ->
          new LegacyTransaction.Unsigned(
              t.replayDomain(),
              t.nonce(),
              t.gasPrice(),
              gasLimit,
              t.recipient(),
              t.value(),
              t.data());
      case AccessListTransaction.Unsigned t ->
          new AccessListTransaction.Unsigned(
              t.chainId(),
              t.nonce(),
              t.gasPrice(),
              gasLimit,
              t.recipient(),
              t.value(),
              t.data(),
              t.accessList());
      case DynamicFeeTransaction.Unsigned t ->
          new DynamicFeeTransaction.Unsigned(
              t.chainId(),
              t.nonce(),
              t.maxPriorityFeePerGas(),
              t.maxFeePerGas(),
              gasLimit,
              t.recipient(),
              t.value(),
              t.data(),
              t.accessList());
      case SetCodeTransaction.Unsigned t ->
          new SetCodeTransaction.Unsigned(
              t.chainId(),
              t.nonce(),
              t.maxPriorityFeePerGas(),
              t.maxFeePerGas(),
              gasLimit,
              t.destination(),
              t.value(),
              t.data(),
              t.accessList(),
              t.authorizations());
    };
  }
}
