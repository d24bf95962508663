// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ChainClient;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A light client from the command line, and a node that runs in the same process: nothing between
/// genesis file and receipt is trusted. Protocol §10.3, Protocol §13.3.
@Tag("long")
class ReceiptCommandIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private final StringWriter printed = new StringWriter();

  private int receipt(FirstNode node, Hash transaction, Path genesis, String... more) {
    printed.getBuffer().setLength(0);
    List<String> words =
        new ArrayList<>(
            List.of(
                "consensus",
                "receipt",
                transaction.toHex(),
                "--genesis",
                genesis.toString(),
                "--rpc",
                node.rpc().endpoint().toString()));
    words.addAll(List.of(more));
    Typed typed = Typed.run(words.toArray());
    printed.append(typed.text());
    return typed.status();
  }

  @Test
  void aReceiptIsProvenFromTheGenesisFileOrACheckpointOn() throws Exception {
    try (FirstNode node = new FirstNode(folder, 1)) {
      ChainClient chain = new ChainClient(node.rpc());
      Hash transaction = node.pay(Amount.aitbc(3));
      JsonNode known = chain.awaitReceipt(transaction, 180_000);
      long height = Long.decode(known.path("blockNumber").asText());

      assertEquals(0, receipt(node, transaction, node.genesis(), "--stake"), printed::toString);
      for (String part :
          List.of(
              transaction + " succeeded",
              "in block     %d %s at position 0"
                  .formatted(height, known.path("blockHash").asText()),
              "by certificates from block 0 " + chain.genesisHash())) {
        assertTrue(printed.toString().contains(part), printed.toString());
      }

      Hash later = node.pay(Amount.aitbc(4));
      JsonNode next = chain.awaitReceipt(later, 180_000);
      String checkpoint = height + ":" + known.path("blockHash").asText();
      assertEquals(
          0,
          receipt(node, later, node.genesis(), "--json", "--checkpoint", checkpoint),
          printed::toString);
      JsonNode shown = JSON.readTree(printed.toString());
      assertEquals(next.path("blockHash").asText(), shown.path("block").asText());
      assertEquals(height, shown.path("trustedHeight").asLong());
      assertTrue(shown.path("succeeded").asBoolean());

      // Wrong checkpoints, what is at or below one, and what is in no block.
      String wrong = height + ":" + next.path("blockHash").asText();
      assertEquals(1, receipt(node, later, node.genesis(), "--checkpoint", wrong));
      assertTrue(printed.toString().contains("does not have the checkpoint"), printed.toString());
      String above =
          Long.decode(next.path("blockNumber").asText()) + ":" + next.path("blockHash").asText();
      assertEquals(1, receipt(node, transaction, node.genesis(), "--checkpoint", above));
      assertTrue(printed.toString().contains("name an earlier"), printed.toString());
      assertEquals(2, receipt(node, later, node.genesis(), "--checkpoint", "7"));
      assertEquals(1, receipt(node, Hash.ZERO, node.genesis()));
      assertTrue(printed.toString().contains("knows no block"), printed.toString());

      // Of another network: its first validators, and its hash, signed none of this.
      ObjectNode genesis = (ObjectNode) JSON.readTree(Files.readAllBytes(node.genesis()));
      Path other = folder.resolve("other.json");
      Files.write(other, JSON.writeValueAsBytes(genesis.put("baseFeePerGas", "1000000001")));
      assertEquals(1, receipt(node, later, other), printed::toString);
      assertTrue(printed.toString().contains("is not followed: "), printed.toString());
    }
  }
}
