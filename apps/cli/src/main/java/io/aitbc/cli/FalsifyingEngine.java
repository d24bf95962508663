// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

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

/// Does the work and falsifies a bit in every sixth output: what is shown of a cheat.
final class FalsifyingEngine implements Engine {
  private static final int WRONG_ONE_IN = 6;

  private final RefereeEngine engine;

  FalsifyingEngine(Model model) {
    engine = new RefereeEngine(model, Kernel.fastest(), Workers.NONE);
  }

  @Override
  public String name() {
    return "falsifying";
  }

  @Override
  public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
    List<Bytes> outputs = new ArrayList<>(engine.run(items, timeMax));
    for (int i = 0; i < outputs.size(); i += WRONG_ONE_IN) {
      byte[] output = outputs.get(i).toArray();
      output[0] ^= 1;
      outputs.set(i, Bytes.wrap(output));
    }
    return outputs;
  }

  @Override
  public void close() {
    engine.close();
  }
}
