// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.devnet.NodeProcess;
import io.aitbc.model.NetworkKind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Four validators in processes of their own, reached by their public RPC.
class DevnetIT {
  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private DevnetRun run;

  @BeforeEach
  void fourValidators() throws Exception {
    run = new DevnetRun(folder, 4, new NetworkKind.Hybrid());
  }

  @AfterEach
  void endAll() {
    run.close();
  }

  @Test // Protocol §15.5.
  void transfersAreFinalOnAllNodesAndANodeThatWasKilledComesBack() throws Exception {
    run.transferSeenBy(0, List.of(0, 1, 2, 3));

    NodeProcess killed = run.process(3);
    killed.kill();
    run.transferSeenBy(1, List.of(0, 1, 2));
    run.transferSeenBy(2, List.of(0, 1, 2));

    killed.startAgain();
    long head = run.height(0);
    run.awaitHeight(3, head);
    run.transferSeenBy(3, List.of(0, 1, 2, 3));
    run.assertSameBlocks(head, 0, 3);
  }

  @Test
  void ethersSendsATransferAndReadsItsReceipt() throws Exception {
    new Ethers(folder).sendATransferAndReadItsReceipt(run.rpc(0).endpoint());
  }
}
