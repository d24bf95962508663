// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Engine;
import io.aitbc.crypto.Bytes;
import io.aitbc.referee.Model;

/// Chooses what runs a model.
@FunctionalInterface
public interface Engines {
  /// An engine for a model that infers; whoever asked closes it.
  Engine open(Model model);

  /// What trains a model: the referee, unless somebody chooses otherwise.
  ///
  /// @param data the data set, which fits the model
  default Trainer trainer(Model model, Bytes data) {
    return Trainer.referee(model, data);
  }
}
