// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
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
import io.aitbc.state.TrieRoot;
import java.util.List;
import java.util.Optional;

/// Makes of an ordered list of transactions the one block that every node makes of it: drops what
/// cannot be included, executes the rest, settles the fees, and assembles the header. Protocol
/// §14.2, §14.3.
public final class BlockExecutor {
  private final ExecutionParameters parameters;
  private final SystemContracts contracts;

  /// An executor for one chain.
  public BlockExecutor(ExecutionParameters parameters, SystemContracts contracts) {
    this.parameters = parameters;
    this.contracts = contracts;
  }

  /// The chain's parameters.
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
    Fork fork = parameters.forks().at(context.timestampSeconds());
    long gasLimit = parameters.gasLimit(context.mode());
    Amount baseFee = parameters.fees().nextBaseFee(parent);
    Overlay overlay = new Overlay(state);
    TransactionSequence sequence =
        new TransactionSequence(parameters, fork, gasLimit, baseFee, overlay);
    sequence.execute(transactions, workers);
    payFees(context, sequence, overlay);
    Optional<EpochSnapshot> snapshot =
        context.epochReport().map(report -> contracts.settle(report, overlay));
    StateDiff diff = StateTrie.diff(state, overlay, workers);
    BlockHeader header =
        header(context, fork, gasLimit, baseFee, sequence, diff.rootAfter(), workers);
    List<Log> logs =
        sequence.receipts().stream().flatMap(receipt -> receipt.logs().stream()).toList();
    BlockFacts facts =
        new BlockFacts(
            sequence.gasUsed(), gasLimit, valueMoved(diff), contracts.convicted(logs), snapshot);
    Block block = new Block(header, sequence.included());
    return new ExecutionResult(
        block, header.hash(), sequence.receipts(), diff, facts, sequence.dropped());
  }

  private void payFees(BlockContext context, TransactionSequence sequence, Overlay overlay) {
    FeeParameters.Shares shares =
        parameters.fees().shares(sequence.baseFees(), sequence.priorityFees());
    overlay.credit(context.proposer(), shares.maker());
    overlay.credit(parameters.fees().treasury(), shares.treasury());
  }

  private static BlockHeader header(
      BlockContext context,
      Fork fork,
      long gasLimit,
      Amount baseFee,
      TransactionSequence sequence,
      Hash stateRoot,
      Workers workers) {
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
        context.parentHash(),
        context.proposer(),
        stateRoot,
        roots[0],
        roots[1],
        bloom,
        context.height().number(),
        gasLimit,
        sequence.gasUsed(),
        context.timestampSeconds(),
        context.extension().hash().toBytes(),
        context.beacon(),
        baseFee,
        BlockHeader.EMPTY_TRIE_ROOT,
        0,
        0,
        context.parentCertificateHash(),
        fork.isAtLeast(Fork.PRAGUE) ? Optional.of(BlockHeader.NO_REQUESTS_HASH) : Optional.empty());
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
