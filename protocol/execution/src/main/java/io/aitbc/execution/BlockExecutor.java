// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Block;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fork;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.state.FinalState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateTrie;
import io.aitbc.state.StateView;
import io.aitbc.state.TrieRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/// Makes of an ordered list of transactions the one block that every node makes of it: drops what
/// cannot be included, executes the rest, settles the fees, and assembles the header. Protocol
/// §14.2, §14.3.
public final class BlockExecutor {
  private final ExecutionParameters parameters;
  private final SystemContracts contracts;
  private final Machines machines;
  private final ExecutionObserver observer;
  private final AheadRecord record = new AheadRecord();

  /// An executor for one network. It keeps the machines' code between blocks and belongs to one
  /// thread.
  public BlockExecutor(
      ExecutionParameters parameters, SystemContracts contracts, Machines machines) {
    this(parameters, contracts, machines, ExecutionObserver.NONE);
  }

  private BlockExecutor(
      ExecutionParameters parameters,
      SystemContracts contracts,
      Machines machines,
      ExecutionObserver observer) {
    this.parameters = parameters;
    this.contracts = contracts;
    this.machines = machines;
    this.observer = observer;
  }

  /// This executor, of which `observer` is told how far a block has come.
  public BlockExecutor observedBy(ExecutionObserver observer) {
    return new BlockExecutor(parameters, contracts, machines, observer);
  }

  /// The parameters of genesis.
  public ExecutionParameters parameters() {
    return parameters;
  }

  /// Executes a proposal.
  ///
  /// @param context what consensus tells about the block
  /// @param parent the block before
  /// @param transactions the proposal's, in its order; one whose signature is nobody's is left out
  /// @param state the state after `parent`
  /// @throws IllegalArgumentException if `context` or `state` belongs to another parent
  public ExecutionResult execute(
      BlockContext context,
      BlockHeader parent,
      List<RecoveredTransaction> transactions,
      FinalState state,
      Workers workers) {
    if (!parent.hash().equals(context.parentHash()) || !state.root().equals(parent.stateRoot())) {
      throw new IllegalArgumentException("not the parent, or not its state: " + parent.number());
    }
    Amount burned = burnedBy(parent, state);
    return execute(
        BlockOutline.of(parameters.inForce(state), context, parent),
        calls -> contracts.startBlock(context, burned, calls),
        contracts::feesTo,
        contracts::paidProposer,
        context.epochReport().map(report -> calls -> contracts.settle(report, context, calls)),
        transactions,
        state,
        workers);
  }

  /// Executes transactions as a block that begins as `outline` says, without a word to the chain's
  /// own contracts.
  ///
  /// @param state the state after the parent
  public ExecutionResult execute(
      BlockOutline outline,
      List<RecoveredTransaction> transactions,
      FinalState state,
      Workers workers) {
    return execute(
        outline,
        _ -> {},
        (proposer, _) -> proposer,
        (_, _) -> {},
        Optional.empty(),
        transactions,
        state,
        workers);
  }

  private ExecutionResult execute(
      BlockOutline outline,
      Consumer<SystemCalls> start,
      BiFunction<Address, SystemCalls, Address> feesTo,
      BiConsumer<Amount, SystemCalls> paid,
      Optional<Function<SystemCalls, EpochSnapshot>> settlement,
      List<RecoveredTransaction> transactions,
      FinalState state,
      Workers workers) {
    Overlay overlay = new Overlay(state);
    SystemCalls calls = new SystemCalls(machines.of(0), outline.environment(overlay), overlay);
    calls.callIfPresent(Predeploys.PARENT_CERTIFICATES, outline.parentBeaconBlockRoot().toBytes());
    calls.callIfPresent(Predeploys.HISTORY, outline.parentHash().toBytes());
    start.accept(calls);
    TransactionSequence sequence = new TransactionSequence(outline, machines, record, overlay);
    sequence.execute(transactions, workers);
    Address maker = outline.beneficiary();
    Amount fees =
        outline
            .fees()
            .payAtTheEnd(
                sequence.gasUsed() == 0 ? maker : feesTo.apply(maker, calls),
                sequence.baseFees(),
                sequence.priorityFees(),
                overlay);
    paid.accept(fees, calls);
    Optional<EpochSnapshot> snapshot = settlement.map(settle -> settle.apply(calls));
    observer.ended(ExecutionObserver.Step.TRANSACTIONS);
    StateDiff diff = StateTrie.diff(state, overlay, workers);
    observer.ended(ExecutionObserver.Step.STATE_ROOT);
    BlockHeader header = header(outline, sequence, diff.rootAfter(), workers);
    Hash blockHash = header.hash();
    observer.ended(ExecutionObserver.Step.HEADER);
    BlockFacts facts =
        new BlockFacts(
            sequence.gasUsed(),
            outline.gasLimit(),
            valueMoved(diff),
            contracts.convicted(logs(sequence, calls)),
            snapshot);
    return new ExecutionResult(
        new Block(header, sequence.included()),
        blockHash,
        sequence.receipts(),
        diff,
        facts,
        sequence.dropped(),
        calls.failed());
  }

  private static List<Log> logs(TransactionSequence sequence, SystemCalls calls) {
    List<Log> logs = new ArrayList<>();
    sequence.receipts().forEach(receipt -> logs.addAll(receipt.logs()));
    logs.addAll(calls.logs());
    return logs;
  }

  /// What of a block's base fees nobody got.
  private Amount burnedBy(BlockHeader block, StateView after) {
    Amount baseFees = block.baseFeePerGas().times(block.gasUsed());
    FeeParameters fees = BlockRules.ofBlock(block.number(), parameters, after).fees();
    return fees.shares(baseFees, Amount.ZERO).burned();
  }

  private static BlockHeader header(
      BlockOutline outline, TransactionSequence sequence, Hash stateRoot, Workers workers) {
    Hash[] roots = new Hash[2];
    workers.run(
        List.of(
            () ->
                roots[0] =
                    TrieRoot.ofList(
                        sequence.included().stream().map(Transaction::encoded).toList()),
            () ->
                roots[1] =
                    TrieRoot.ofList(sequence.receipts().stream().map(Receipt::encode).toList())));
    Bloom bloom =
        Bloom.union(
            sequence.receipts().stream()
                .filter(receipt -> !receipt.logs().isEmpty())
                .map(Receipt::bloom)
                .toList());
    return new BlockHeader(
        outline.parentHash(),
        outline.beneficiary(),
        stateRoot,
        roots[0],
        roots[1],
        bloom,
        outline.number(),
        outline.gasLimit(),
        sequence.gasUsed(),
        outline.timestampSeconds(),
        outline.extraData(),
        outline.mixHash(),
        outline.baseFeePerGas(),
        BlockHeader.EMPTY_TRIE_ROOT,
        0,
        0,
        outline.parentBeaconBlockRoot(),
        outline.fork().isAtLeast(Fork.PRAGUE)
            ? Optional.of(BlockHeader.NO_REQUESTS_HASH)
            : Optional.empty());
  }

  /// What all balances together lost over the block, gains not set off: money sent in a circle
  /// counts nothing.
  private static Amount valueMoved(StateDiff diff) {
    Amount moved = Amount.ZERO;
    for (StateDiff.AccountChange change : diff.accounts()) {
      Amount before = change.before().balance();
      Amount after = change.after().balance();
      if (before.compareTo(after) > 0) {
        moved = moved.plus(before.minus(after));
      }
    }
    return moved;
  }
}
