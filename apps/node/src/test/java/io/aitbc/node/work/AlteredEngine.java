// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Engine;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The referee's engine, which says something else than what is right. For tests.
final class AlteredEngine implements Engine {
  private final RefereeEngine engine;
  private final Alteration alteration;

  /// What becomes of the right outputs.
  @FunctionalInterface
  interface Alteration {
    /// The output of an item that has one.
    ///
    /// @param item its number, from 0 on
    /// @param right may be written into
    byte[] of(int item, byte[] right);
  }

  AlteredEngine(Model model, Alteration alteration) {
    this.engine = new RefereeEngine(model, Kernel.plain(), Workers.NONE);
    this.alteration = alteration;
  }

  /// Falsifies a sixth of the items.
  static AlteredEngine falsifying(Model model) {
    return falsifying(model, 6);
  }

  /// Falsifies a byte of some items.
  ///
  /// @param every which of the outputs are false: the first and each so many after it
  static AlteredEngine falsifying(Model model, int every) {
    return new AlteredEngine(
        model,
        (item, output) -> {
          output[item % output.length] ^= (byte) (item % every == 0 ? 1 : 0);
          return output;
        });
  }

  @Override
  public String name() {
    return "altered";
  }

  @Override
  public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
    List<Bytes> outputs = new ArrayList<>();
    for (Bytes right : engine.run(items, timeMax)) {
      // An item that does not fit has none.
      outputs.add(
          right.length() == 0
              ? right
              : Bytes.wrap(alteration.of(outputs.size(), right.toArray().clone())));
    }
    return outputs;
  }

  @Override
  public void close() {
    engine.close();
  }
}
