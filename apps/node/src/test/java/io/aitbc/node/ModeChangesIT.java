// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.consensus.DerivedState;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.UInt256;
import io.aitbc.rpc.LiveNode;
import io.aitbc.rpc.LiveNode.ModeChange;
import io.aitbc.storage.Retention;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModeChangesIT { // Protocol §3.3, §3.4
  /// A window, ten blocks of a change, and some.
  private static final int BLOCKS = 115;

  @TempDir private Path folder;

  @Test
  void aChangeIsToldOnceWithWhatDecidedIt() throws Exception {
    List<ModeChange> changes = new ArrayList<>();
    try (OneValidatorChain chain =
        new OneValidatorChain(operational(), folder, Retention.DEFAULT)) {
      for (int i = 0; i < BLOCKS; i++) {
        DerivedState before = chain.derived();
        chain.grow();
        ModeChanges.between(before, chain.derived()).ifPresent(changes::add);
      }
    }
    assertEquals(1, changes.size(), changes.toString());
    ModeChange change = changes.getFirst();
    assertEquals(101, change.height());
    assertEquals(Mode.BALANCED, change.from());
    assertEquals(Mode.FAST, change.to());
    assertEquals(ModeChange.Cause.POLICY, change.cause());
    assertEquals(
        Optional.of(new LiveNode.Measured(0, 1_000_000, 1_000_000, Amount.ZERO, 0, 0)),
        change.measured());
    assertEquals(0, change.headroom().get(Mode.FAST));
  }

  private static Genesis operational() {
    GenesisRules dev = GenesisPreset.DEV.rules(UInt256.of(17));
    ConsensusParameters parameters = dev.consensus().with(ModePolicy.OPERATIONAL, Mode.BALANCED);
    return OneValidator.genesis(dev.withConsensus(parameters), 1_699_999_999_000L, List.of());
  }
}
