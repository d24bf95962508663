// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The referee, which is the default: the same bits on every machine, so its outputs can be proven
/// right or wrong. Protocol §17.2.
public final class RefereeEngine implements Engine {
  /// Items between two looks at the clock.
  private static final int ITEMS_AT_ONCE = 128;

  private final Inference inference;

  /// An engine for a model.
  ///
  /// @param model one that infers
  /// @param workers run rows of large products; the outputs do not depend on them
  /// @throws IllegalArgumentException if the model trains
  public RefereeEngine(Model model, Kernel kernel, Workers workers) {
    if (model.trains()) {
      throw new IllegalArgumentException("a model of training does not infer");
    }
    inference = new Inference(model, kernel, workers);
  }

  @Override
  public String name() {
    return "referee";
  }

  @Override
  public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
    Deadline deadline = Deadline.of(items, timeMax);
    List<Bytes> outputs = new ArrayList<>();
    for (int from = 0; from < items.size(); from += ITEMS_AT_ONCE) {
      Duration _ = deadline.left();
      List<Bytes> some = items.subList(from, Math.min(items.size(), from + ITEMS_AT_ONCE));
      inference.run(some.stream().map(Bytes::toArray).toList()).stream()
          .map(Bytes::wrap)
          .forEach(outputs::add);
    }
    return outputs;
  }

  @Override
  public void close() {}
}
