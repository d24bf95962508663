// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
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
  private static final String HISTORY = "0x0000f90827f1c53a10cb7a02335b175320002935";

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
    contractsAreCalledOn(2);
    new Monitored(run.metrics(2)).everySeriesIsEmittedAndDocumented();

    NodeProcess killed = run.process(3);
    killed.kill();
    new Monitored(run.metrics(2)).saysThatItIsWell();
    run.transferSeenBy(1, List.of(0, 1, 2));
    run.transferSeenBy(2, List.of(0, 1, 2));

    killed.startAgain();
    long head = run.height(0);
    run.awaitHeight(3, head);
    run.transferSeenBy(3, List.of(0, 1, 2, 3));
    run.assertSameBlocks(head, 0, 3);
  }

  /// The history contract (EIP-2935) tells of a block's parent.
  private void contractsAreCalledOn(int node) throws Exception {
    JsonRpc rpc = run.rpc(node);
    run.awaitHeight(node, 1);
    long height = run.height(node);
    String at = "0x" + Long.toHexString(height);
    ObjectNode call =
        JsonNodeFactory.instance
            .objectNode()
            .put("to", HISTORY)
            .put("input", "0x%064x".formatted(height - 1));
    assertEquals(run.hash(node, height - 1), rpc.call("eth_call", call, at).asText());
    assertTrue(Long.decode(rpc.call("eth_estimateGas", call, at).asText()) > 21_000);
    JsonNode proof = rpc.call("eth_getProof", HISTORY, List.of(), at);
    assertEquals("0x1", proof.path("nonce").asText());
    String above = "0x" + Long.toHexString(height + 1_000_000);
    RpcException refused =
        assertThrows(RpcException.class, () -> rpc.call("eth_call", call, above));
    assertEquals("block not found or not kept by this node", refused.getMessage());
  }
}
