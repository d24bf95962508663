// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.model.Amount;
import java.io.IOException;
import java.util.TreeMap;

/// A file of a batch is refused, or read as a batch that is written as the same one.
class BatchFuzzTest {
  @FuzzTest
  void anyFileIsRefusedOrABatchThatIsReadBack(byte[] input) throws IOException {
    Batch batch;
    try {
      batch = Batch.decode(input);
    } catch (IOException refused) {
      assertNotNull(refused.getMessage());
      return;
    }
    assertEquals(batch, Batch.decode(batch.encoded()));
    TreeMap<String, Amount> spent = new TreeMap<>();
    BatchFolder.addSpent(spent, batch);
    for (Batch.Share share : batch.shares()) {
      assertTrue(batch.receipt(batch.receiptId(share)).isPresent());
    }
  }
}
