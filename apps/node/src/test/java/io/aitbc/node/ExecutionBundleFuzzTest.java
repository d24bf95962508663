// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.MalformedException;

class ExecutionBundleFuzzTest { // Protocol §14.5
  @FuzzTest
  void anyFileIsRefusedOrABundleThatIsReadBack(byte[] input) throws MalformedException {
    ExecutionBundle bundle;
    try {
      bundle = ExecutionBundle.decode(Bytes.of(input));
    } catch (MalformedException refused) {
      assertNotNull(refused.reason());
      return;
    }
    ExecutionBundle again = ExecutionBundle.decode(bundle.encoded());
    assertEquals(bundle.genesisHash(), again.genesisHash());
    assertEquals(bundle.expected(), again.expected());
    assertEquals(bundle.context(), again.context());
    assertEquals(bundle.transactions(), again.transactions());
  }
}
