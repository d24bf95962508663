// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.poa.AuthoredBlock;
import io.aitbc.consensus.poa.AuthorityInput;
import io.aitbc.consensus.poa.Schedule;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.BlockOutline;
import io.aitbc.execution.ExecutionResult;
import io.aitbc.mempool.ChainHead;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.storage.Authorship;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.Head;
import io.aitbc.storage.ReversibleBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Makes, executes, keeps and takes back the blocks of a network without votes, on the thread of
/// execution: one call after another, in the order of the effects. Answers come on the loop.
/// Protocol §10.4.
final class ReversibleChain {
  /// What a block says about itself and its transactions, beside their bytes.
  private static final int HEADER_BYTES_MAX = 1 << 12;

  private final NodeParts parts;
  private final Schedule schedule;
  private final BlockExecutor executor;
  private final Senders senders;
  private final Listener listener;
  private Optional<Result> result = Optional.empty();

  /// Is told, on the thread of execution, what the chain has become: durable by then.
  interface Listener {
    /// A block is the head.
    void appended(AuthoredBlock block);

    /// Blocks were taken back.
    ///
    /// @param transactions those of their transactions that wait again
    void takenBack(List<Hash> transactions);
  }

  /// The last block that was executed.
  private record Result(List<RecoveredTransaction> transactions, ExecutionResult execution) {}

  ReversibleChain(NodeParts parts, Schedule schedule, Listener listener) {
    this.parts = parts;
    this.schedule = schedule;
    this.executor = parts.executor();
    this.senders = new Senders(parts.mempool(), parts.workers());
    this.listener = listener;
  }

  /// Executes a block on the head; tells whether the head's child of this hash comes of it.
  void execute(AuthoredBlock block, Consumer<Boolean> answer) {
    parts
        .execution()
        .post(() -> {
          boolean holds = holds(block);
          parts.loop().post(() -> answer.accept(holds));
        });
  }

  private boolean holds(AuthoredBlock block) {
    if (isResult(block.blockHash())) {
      return true; // Its own, executed when it was made.
    }
    List<Transaction> transactions;
    try {
      transactions = Block.decode(block.body()).transactions();
    } catch (MalformedException changed) {
      throw new IllegalStateException("a block that was read before", changed);
    }
    Result executed = run(block.slot(), senders.recovered(transactions));
    boolean holds =
        executed.execution().blockHash().equals(block.blockHash())
            && executed.execution().block().transactions().size() == transactions.size();
    result = holds ? Optional.of(executed) : Optional.empty();
    return holds;
  }

  /// Makes a block of what waits, or of nothing, for a slot; none if the head has changed.
  void build(long slot, Hash parentHash, Consumer<AuthorityInput.Built> answer) {
    parts
        .execution()
        .post(() -> {
          if (!parts.store().head().hash().equals(parentHash)) {
            return;
          }
          long gasMax = parts.parameters().secureGasLimit();
          Mempool.Selection bounds =
              new Mempool.Selection(
                  ProposalContent.TRANSACTIONS_MAX,
                  PeerMessage.BODIES_BYTES_MAX - HEADER_BYTES_MAX,
                  NodePool.BLOCKS_OF_GAS_LIMITS_MAX * gasMax);
          Result made = run(slot, parts.mempool().select(bounds));
          result = Optional.of(made);
          ExecutionResult execution = made.execution();
          AuthorityInput.Built built =
              new AuthorityInput.Built(
                  slot, parentHash, execution.blockHash(), execution.block().encode());
          parts.loop().post(() -> answer.accept(built));
        });
  }

  private Result run(long slot, List<RecoveredTransaction> transactions) {
    Head head = parts.store().head();
    Address proposer = schedule.proposer(slot).account();
    BlockOutline outline =
        BlockOutline.ofSlot(
            parts.parameters(),
            head.header(),
            slot,
            schedule.beginOf(slot).getEpochSecond(),
            proposer);
    long began = System.nanoTime();
    ExecutionResult execution =
        executor.execute(outline, transactions, head.state(), parts.workers());
    parts.metrics().executed(System.nanoTime() - began);
    return new Result(transactions, execution);
  }

  /// Keeps the block that was executed last: durable before anyone is told.
  void append(AuthoredBlock block) {
    parts
        .execution()
        .post(() -> {
          if (!isResult(block.blockHash())) {
            throw new IllegalStateException("appended without its execution: " + block.blockHash());
          }
          Result executed = result.orElseThrow();
          ExecutionResult execution = executed.execution();
          long began = System.nanoTime();
          parts
              .store()
              .append(
                  new ReversibleBlock(
                      execution.block(),
                      execution.blockHash(),
                      Senders.included(executed.transactions(), execution.block()),
                      execution.receipts(),
                      execution.diff(),
                      new Authorship(block.slot(), block.signature())));
          parts.metrics().stored(System.nanoTime() - began);
          parts.metrics().block(execution.block().header(), execution.receipts());
          result = Optional.empty();
          parts
              .mempool()
              .advance(chainHead(), execution.block().transactions(), execution.diff().accounts());
          listener.appended(block);
        });
  }

  /// Takes back all blocks above a height; what they held waits again.
  void rollBack(Height to) {
    parts
        .execution()
        .post(() -> {
          ChainStore store = parts.store();
          List<RecoveredTransaction> abandoned = new ArrayList<>();
          for (Height height = to.next();
              !height.isAbove(store.head().height());
              height = height.next()) {
            List<Transaction> transactions = store.block(height).orElseThrow().transactions();
            List<Address> from = store.senders(height).orElseThrow();
            for (int i = 0; i < transactions.size(); i++) {
              abandoned.add(new RecoveredTransaction(transactions.get(i), from.get(i)));
            }
          }
          result = Optional.empty();
          store.rollBack(to);
          parts.mempool().retreat(chainHead(), abandoned);
          listener.takenBack(
              abandoned.stream()
                  .map(each -> each.transaction().hash())
                  .filter(hash -> parts.mempool().find(hash).isPresent())
                  .toList());
        });
  }

  private boolean isResult(Hash blockHash) {
    return result.filter(each -> each.execution().blockHash().equals(blockHash)).isPresent();
  }

  private ChainHead chainHead() {
    return NodeParts.chainHead(
        parts.parameters(), parts.store().head(), parts.parameters().secureGasLimit());
  }
}
