// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.devnet.NodeProcess;
import io.aitbc.model.NetworkKind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A network without votes of one process. Protocol §10.4.
@Tag("long")
class PoaDevnetIT {
  private static final int SLOT_MILLIS = 200;

  @Test
  void aProposerThatIsKilledGoesOnFromItsLastBlock(@TempDir Path folder) throws Exception {
    try (DevnetRun run = new DevnetRun(folder, 1, new NetworkKind.Poa(SLOT_MILLIS))) {
      run.transferSeenBy(0, List.of(0));
      long head = run.height(0);
      String before = run.hash(0, head);
      NodeProcess killed = run.process(0);
      killed.kill();
      killed.startAgain();
      run.awaitHeight(0, head + 1);
      assertEquals(before, run.hash(0, head));
      run.transferSeenBy(0, List.of(0));
    }
  }
}
