// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All cases of the machine.
final class EvmCases {
  private EvmCases() {}

  /// Every case, the benchmark blocks below `vectors` if it is given, and those on `cold` if that
  /// is.
  ///
  /// @param gas gas of a run of those that loop
  static List<EvmCase> all(Optional<Path> vectors, Optional<ColdState> cold, long gas)
      throws IOException {
    List<EvmCase> all = new ArrayList<>(InstructionCases.all(gas));
    all.addAll(PrecompileCases.all(gas));
    all.addAll(OrdinaryCases.all());
    cold.ifPresent(state -> all.addAll(ColdCases.all(state, gas)));
    if (vectors.isPresent()) {
      all.addAll(BlockCases.of(vectors.get()));
    }
    return all;
  }
}
