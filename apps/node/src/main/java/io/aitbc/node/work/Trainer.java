// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.Training;
import java.util.List;

/// Trains a model on a data set, from a state to a state. Protocol §17.6.
@FunctionalInterface
public interface Trainer {
  /// The state after a number of steps.
  ///
  /// @param before the elements of the state's tensors
  List<Elements> train(List<Elements> before, long steps);

  /// The referee.
  ///
  /// @param data fits the model
  static Trainer referee(Model model, Bytes data) {
    return (before, steps) -> {
      Training training =
          new Training(model, data.toArray(), before, Kernel.fastest(), Workers.NONE);
      for (long step = 0; step < steps; step++) {
        training.step();
      }
      return training.state();
    };
  }
}
