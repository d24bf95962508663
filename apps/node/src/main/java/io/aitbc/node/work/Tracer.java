// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.referee.Model;
import io.aitbc.referee.Trace;
import java.util.List;

/// Runs items again for their traces. Protocol §17.4.
@FunctionalInterface
interface Tracer {
  /// On models that all services of the process share.
  Tracer SHARED = LaidOutModels.SHARED::traces;

  /// What the referee computes for inputs that fit.
  List<Trace> traces(Model model, List<byte[]> inputs);
}
