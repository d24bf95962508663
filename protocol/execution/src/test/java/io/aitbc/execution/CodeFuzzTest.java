// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Amount;
import io.aitbc.model.RecoveredTransaction;
import java.util.List;
import java.util.Optional;

/// Any bytes are code that creates a contract. Protocol §14.6.
class CodeFuzzTest {
  private static final TransferChain CHAIN =
      new TransferChain(4, TransferChain.parameters(), Contracts.all());

  @FuzzTest
  void anyBytesAreCodeWithOneResult(byte[] input) {
    List<RecoveredTransaction> creation =
        List.of(TransferChain.call(1, 0, Optional.empty(), Amount.wei(5), Bytes.of(input)));
    ExecutionResult result = CHAIN.execute(creation, Workers.NONE);
    assertEquals(1, result.receipts().size() + result.dropped().size());
    assertEquals(result, CHAIN.execute(creation, Workers.NONE));
  }
}
