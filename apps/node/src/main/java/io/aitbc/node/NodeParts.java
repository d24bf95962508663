// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Identity;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.Machines;
import io.aitbc.execution.SystemContracts;
import io.aitbc.mempool.Admission;
import io.aitbc.mempool.ChainHead;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Transaction;
import io.aitbc.network.Network;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.Head;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;

/// The parts of a node that do not ask how blocks are decided.
///
/// @param genesis of the network
/// @param files what is on disk
/// @param scheme checks validators' signatures
/// @param mempool pending transactions
/// @param loop where consensus runs
/// @param execution where blocks are executed; not started yet
/// @param workers who share in it
/// @param verifiers where signatures are checked
/// @param blocks serves blocks to peers
/// @param machines execute transactions; belong to the thread of execution
/// @param network the peers
/// @param live what callers see
/// @param metrics what operators see
/// @param headChanged tells subscribers that the head is another one; does not block
/// @param submit gives a transaction to pool and peers
/// @param stop ends the node, with the reason
record NodeParts(
    NodeGenesis genesis,
    NodeFiles files,
    BlsScheme scheme,
    Mempool mempool,
    LoopThread loop,
    LoopThread execution,
    PoolWorkers workers,
    ExecutorService verifiers,
    AnswerThread blocks,
    Machines machines,
    Network network,
    LiveView live,
    NodeMetrics metrics,
    Runnable headChanged,
    Function<Transaction, Admission> submit,
    Consumer<String> stop) {
  ExecutionParameters parameters() {
    return genesis.file().genesis().execution();
  }

  ChainStore store() {
    return files.store();
  }

  /// Shows callers and operators what the loop says.
  void isNow(LiveView.Loop now) {
    live.is(now);
    metrics.loop(now);
  }

  /// What executes blocks of this network; belongs to one thread.
  BlockExecutor executor() {
    return new BlockExecutor(parameters(), SystemContracts.of(genesis.file().genesis()), machines);
  }

  /// Whom the node speaks for.
  ///
  /// @throws ConfigurationException if neither genesis block nor configuration name its account
  Identity identity() throws ConfigurationException {
    if (files.signer().isEmpty()) {
      return new Identity.Following();
    }
    return new Identity.Validating(
        files
            .account()
            .orElseThrow(() ->
                new ConfigurationException(
                    "the key "
                        + files.signer().get().publicKey()
                        + " is no validator's in the genesis file; name its account as"
                        + " validator.account")));
  }

  /// What the pool must know of a head.
  ///
  /// @param blockGasMax gas of the next block
  static ChainHead chainHead(ExecutionParameters parameters, Head head, long blockGasMax) {
    return new ChainHead(
        head.state(),
        parameters.inForce(head.state()).fees().nextBaseFee(head.header()),
        blockGasMax,
        parameters.forks().at(head.header().timestampSeconds()));
  }
}
