// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.Evm;
import io.aitbc.evm.FeeRule;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Transactions executed ahead of their turn, at once, each in an overlay of its own over the same
/// state. An attempt stands if, when its turn comes, everything it read is still so; else it is
/// thrown away. So the result is that of one after the other. Protocol §14.2.
final class Speculation {
  /// What executing ahead gave.
  ///
  /// @param changes what it read and what it would change
  /// @param outcome what came of it
  record Attempt(Overlay changes, TransactionOutcome outcome) {}

  private final Machines machines;
  private final FeeRule fees;
  private final Workers workers;

  Speculation(Machines machines, FeeRule fees, Workers workers) {
    this.machines = machines;
    this.fees = fees;
    this.workers = workers;
  }

  /// Whether anything would run at once.
  boolean pays() {
    return workers.width() > 1;
  }

  /// An attempt at each transaction that is not null.
  ///
  /// @param view the state to run over, which several threads may read
  /// @param block their surroundings, over `view`
  @Nullable Attempt[] run(
      List<@Nullable RecoveredTransaction> transactions, StateView view, BlockEnvironment block) {
    @Nullable Attempt[] attempts = new @Nullable Attempt[transactions.size()];
    int width = workers.width();
    List<Runnable> tasks = new ArrayList<>();
    for (int task = 0; task < width; task++) {
      Evm machine = machines.of(task);
      int first = task;
      tasks.add(() -> {
        for (int i = first; i < attempts.length; i += width) {
          RecoveredTransaction transaction = transactions.get(i);
          if (transaction != null) {
            Overlay changes = new Overlay(view);
            attempts[i] = new Attempt(changes, machine.execute(transaction, block, fees, changes));
          }
        }
      });
    }
    workers.run(tasks);
    return attempts;
  }
}
