// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.Evm;
import io.aitbc.evm.Precompiles;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.BlockEnvironments;
import io.aitbc.execution.Calls;
import io.aitbc.execution.ChainParameter;
import io.aitbc.execution.Concentration;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.DryRun;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.PoolAccount;
import io.aitbc.execution.Proposal;
import io.aitbc.execution.StakerYield;
import io.aitbc.execution.ValidatorAccount;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Fork;
import io.aitbc.model.Mode;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.UnsignedTransaction;
import io.aitbc.model.VotingPower;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// Runs calls against the state of a block without leaving a trace. A few machines serve all
/// callers: who comes while all are busy waits a moment and is then told so, so that calls cannot
/// take the processor from consensus.
public final class Simulation {
  /// Gas of one call, whatever the caller asks for: about a fifth of a second.
  public static final long GAS_MAX = 50_000_000;

  /// How long a call waits for a machine.
  private static final long WAIT_MILLIS_MAX = 2_000;

  private final ExecutionParameters parameters;
  private final BlockingQueue<Calls> machines;

  /// A simulation of the chain's rules.
  ///
  /// @param source gives machines, say {@link io.aitbc.execution.Machines#another}
  /// @param machines calls that run at one time, at least 1: half of the processors is a good
  ///   number
  public Simulation(ExecutionParameters parameters, Supplier<Evm> source, int machines) {
    this.parameters = parameters;
    this.machines = new ArrayBlockingQueue<>(machines);
    for (int i = 0; i < machines; i++) {
      this.machines.add(new Calls(source.get()));
    }
  }

  /// Where a call runs.
  ///
  /// @param header the block whose surroundings the call sees
  /// @param state after that block, perhaps changed by the caller
  record Place(BlockHeader header, StateView state) {}

  /// Runs something on a machine.
  @FunctionalInterface
  private interface Run<T> {
    T on(Calls calls, UnsignedTransaction transaction, BlockEnvironment block);
  }

  /// What a call with a gas limit would do.
  TransactionOutcome call(CallRequest request, long gasLimit, Place place) throws RpcError {
    requireIntrinsicGas(request, gasLimit, place);
    return run(
        request,
        gasLimit,
        place,
        (calls, asked, block) -> calls.call(asked, request.from(), block, place.state()));
  }

  private void requireIntrinsicGas(CallRequest request, long gasLimit, Place place)
      throws RpcError {
    UnsignedTransaction transaction = request.transaction(parameters.chainId(), 0, gasLimit);
    Fork fork = parameters.forks().at(place.header().timestampSeconds());
    long least = Calls.gasLimitMin(transaction, fork);
    if (gasLimit < least) {
      throw new RpcError(
          RpcError.Code.REFUSED,
          "intrinsic gas too low: have %d, want %d".formatted(gasLimit, least));
    }
  }

  /// The same, and `watcher` is told what happens.
  TransactionOutcome watchedCall(
      CallRequest request, long gasLimit, Place place, Calls.Watcher watcher) throws RpcError {
    requireIntrinsicGas(request, gasLimit, place);
    return run(
        request,
        gasLimit,
        place,
        (calls, asked, block) ->
            calls.watchedCall(asked, request.from(), block, place.state(), watcher));
  }

  /// Executes the first transactions of a block again.
  ///
  /// @param after the block, and the state after it
  /// @param before the state after its parent
  /// @param watchers for the index of a transaction who is told what happens in it
  List<TransactionOutcome> replay(
      Place after,
      StateView before,
      List<RecoveredTransaction> transactions,
      IntFunction<Optional<Calls.Watcher>> watchers)
      throws RpcError {
    return withMachine(machine ->
        machine.replay(parameters, after.header(), transactions, before, after.state(), watchers));
  }

  /// A gas limit, at most `gasLimit`, with which a call succeeds: hardly more than it takes.
  Calls.Estimate estimateGas(CallRequest request, long gasLimit, Place place) throws RpcError {
    return run(
        request,
        gasLimit,
        place,
        (calls, asked, block) -> calls.estimateGas(asked, request.from(), block, place.state()));
  }

  private <T> T run(CallRequest request, long gasLimit, Place place, Run<T> run) throws RpcError {
    UnsignedTransaction transaction = request.transaction(parameters.chainId(), 0, gasLimit);
    BlockEnvironment block = surroundings(request, place);
    return withMachine(machine -> run.on(machine, transaction, block));
  }

  /// Those of the block; for a call that offers no fee, without a base fee, as Ethereum's clients
  /// do.
  private BlockEnvironment surroundings(CallRequest request, Place place) throws RpcError {
    BlockEnvironment block = BlockEnvironments.of(parameters, place.header(), place.state());
    if (request.maxFeePerGas().isZero()) {
      return new BlockEnvironment(
          block.fork(),
          block.chainId(),
          block.coinbase(),
          block.number(),
          block.timestampSeconds(),
          block.gasLimit(),
          block.random(),
          Amount.ZERO,
          block.blobBaseFee(),
          block.ancestors());
    }
    if (request.maxFeePerGas().compareTo(block.baseFeePerGas()) < 0) {
      throw new RpcError(
          RpcError.Code.REFUSED,
          "max fee per gas less than block base fee: %s below %s"
              .formatted(request.maxFeePerGas().wei(), block.baseFeePerGas().wei()));
    }
    return block;
  }

  /// Tries a proposal on a copy of a state; `work` gets the run and must not keep it.
  <T> T dryRun(Place place, Function<DryRun, T> work) throws RpcError {
    return withMachine(
        machine -> work.apply(machine.dryRun(parameters, place.header(), place.state())));
  }

  /// Who holds too much of the stake.
  Concentration concentration(Place place) throws RpcError {
    return withMachine(machine -> machine.concentration(parameters, place.header(), place.state()));
  }

  /// What all stake of an epoch's set earns in a year in this mode.
  Optional<StakerYield> stakerYield(Place place, Mode mode, VotingPower stake) throws RpcError {
    return withMachine(
        machine -> machine.stakerYield(parameters, place.header(), place.state(), mode, stake));
  }

  /// What the contracts know of an account as a validator.
  ValidatorAccount validator(Place place, Address account) throws RpcError {
    return withMachine(
        machine -> machine.validator(parameters, place.header(), place.state(), account));
  }

  /// The parameters of the chain.
  List<ChainParameter> parameters(Place place) throws RpcError {
    return withMachine(machine -> machine.parameters(parameters, place.header(), place.state()));
  }

  /// The latest proposals, from number `from` downwards.
  Proposal.Listed proposals(Place place, long from) throws RpcError {
    return withMachine(
        machine -> machine.proposals(parameters, place.header(), place.state(), from));
  }

  /// What an owner has in a pool.
  PoolAccount pool(Place place, Address pool, Address owner) throws RpcError {
    return withMachine(
        machine -> machine.pool(parameters, place.header(), place.state(), pool, owner));
  }

  /// Reads what contracts answer.
  interface Reader {
    /// The answer; empty if there is no such thing.
    <T> Optional<T> read(ContractRead<T> question);
  }

  /// What `work` makes of answers of the contracts; it must not keep the reader.
  <T> T reading(Place place, Function<Reader, T> work) throws RpcError {
    return withMachine(machine ->
        work.apply(
            new Reader() {
              @Override
              public <A> Optional<A> read(ContractRead<A> question) {
                return machine.read(parameters, place.header(), place.state(), question);
              }
            }));
  }

  /// The precompiles in a block.
  Precompiles precompiles(BlockHeader header) throws RpcError {
    Fork fork = parameters.forks().at(header.timestampSeconds());
    return withMachine(machine -> machine.precompiles(fork));
  }

  /// The rules of the chain's genesis.
  ExecutionParameters genesis() {
    return parameters;
  }

  /// Something that is done on a machine, which it must not keep.
  @FunctionalInterface
  interface Work<T> {
    T on(Calls machine) throws RpcError;
  }

  /// Does `work` when a machine is free.
  <T> T withMachine(Work<T> work) throws RpcError {
    Calls machine = takeMachine();
    try {
      return work.on(machine);
    } finally {
      boolean _ = machines.offer(machine);
    }
  }

  private Calls takeMachine() throws RpcError {
    try {
      Calls machine = machines.poll(WAIT_MILLIS_MAX, TimeUnit.MILLISECONDS);
      if (machine == null) {
        throw new RpcError(RpcError.Code.BUSY, "too many calls at one time");
      }
      return machine;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new RpcError(RpcError.Code.BUSY, "the node stops");
    }
  }
}
