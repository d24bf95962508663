// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Engine;
import io.aitbc.referee.Model;

/// Chooses what runs a model.
@FunctionalInterface
public interface Engines {
  /// An engine for a model; whoever asked closes it.
  Engine open(Model model);
}
