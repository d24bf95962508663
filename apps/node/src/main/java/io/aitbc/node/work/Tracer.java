// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.Trace;
import java.util.List;
import java.util.Optional;

/// Runs items again for their traces. The last model's weights stay laid out for the kernel, four
/// bytes each: claims of one model come one after the other, and laying out a large one takes
/// longer than the leaves of a seat. Belongs to one thread. Protocol §17.4.
final class Tracer {
  private Optional<Kept> kept = Optional.empty();

  private record Kept(Hash model, Inference inference) {}

  /// What the referee computes for inputs that fit.
  List<Trace> traces(Model model, List<byte[]> inputs) {
    if (kept.filter(each -> each.model.equals(model.id())).isEmpty()) {
      kept =
          Optional.of(new Kept(model.id(), new Inference(model, Kernel.fastest(), Workers.NONE)));
    }
    return kept.orElseThrow().inference.traces(inputs);
  }
}
