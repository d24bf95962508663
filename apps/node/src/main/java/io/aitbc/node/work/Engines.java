// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Engine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.referee.Model;
import java.util.Optional;

/// Chooses what runs a model.
@FunctionalInterface
public interface Engines {
  /// An engine for a model that infers; whoever asked closes it.
  Engine open(Model model);

  /// Whether it runs a model, as far as can be told before it is opened.
  default boolean runs(Hash model) {
    return true;
  }

  /// What runs models under an execution profile, for jobs of class TOLERANCE; empty if nothing
  /// here does. Protocol §17.17.
  default Optional<Engines> under(Hash profile) {
    return Optional.empty();
  }

  /// What trains a model: the referee, unless somebody chooses otherwise.
  ///
  /// @param data the data set, which fits the model
  default Trainer trainer(Model model, Bytes data) {
    return Trainer.referee(model, data);
  }
}
