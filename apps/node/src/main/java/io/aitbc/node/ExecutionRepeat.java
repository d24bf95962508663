// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.Machines;
import io.aitbc.execution.SystemContracts;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.storage.Head;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Repeats an execution for which a node stopped, on the data folder that it left. Protocol §14.5.
public final class ExecutionRepeat {
  private ExecutionRepeat() {}

  /// How it ended this time.
  public sealed interface Outcome {
    /// It broke an invariant again.
    ///
    /// @param broken what was thrown
    record Failed(RuntimeException broken) implements Outcome {}

    /// It gave a block that is not the one that a quorum signed.
    record Diverged(Hash blockHash, Hash signed) implements Outcome {}

    /// It gave a block, and nothing speaks against it.
    record Succeeded(Hash blockHash) implements Outcome {}
  }

  /// Executes what `bundle` holds, on one thread, and changes nothing.
  ///
  /// @param configuration that of the node, which is stopped
  /// @throws ConfigurationException if the file is no bundle, or not one of this folder's head
  /// @throws IOException if a file cannot be read
  public static Outcome of(NodeConfiguration configuration, Path bundle)
      throws IOException, ConfigurationException {
    ExecutionBundle read = ExecutionBundle.read(bundle);
    NodeGenesis genesis = NodeGenesis.read(configuration.genesis());
    if (!genesis.hash().equals(read.genesisHash())) {
      throw new ConfigurationException(
          bundle + " is of the network " + read.genesisHash() + ", not of " + genesis.hash());
    }
    BlockExecutor executor =
        new BlockExecutor(
            genesis.file().genesis().execution(),
            SystemContracts.of(genesis.file().genesis()),
            new Machines(genesis.hash(), Secp256k1.chosen(), new BlsScheme()));
    try (NodeData data = NodeData.open(configuration, genesis)) {
      Head head = data.store().head();
      if (!head.hash().equals(read.context().parentHash())) {
        throw new ConfigurationException(
            "%s follows block %s, the folder's head is %s at height %d"
                .formatted(
                    bundle, read.context().parentHash(), head.hash(), head.height().number()));
      }
      return on(head, executor, read);
    } catch (MalformedException malformed) {
      throw new ConfigurationException(bundle + " is no bundle: " + malformed.getMessage());
    }
  }

  /// Executes it on `head`.
  static Outcome on(Head head, BlockExecutor executor, ExecutionBundle bundle)
      throws MalformedException {
    List<RecoveredTransaction> transactions = new ArrayList<>();
    for (Bytes encoding : bundle.transactions()) {
      RecoveredTransaction.of(TransactionCodec.decode(encoding), Secp256k1.chosen())
          .ifPresent(transactions::add);
    }
    Hash blockHash;
    try {
      blockHash =
          executor
              .execute(bundle.context(), head.header(), transactions, head.state(), Workers.NONE)
              .blockHash();
    } catch (RuntimeException broken) {
      return new Outcome.Failed(broken);
    }
    return bundle.expected().isPresent() && !bundle.expected().get().equals(blockHash)
        ? new Outcome.Diverged(blockHash, bundle.expected().get())
        : new Outcome.Succeeded(blockHash);
  }
}
