// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.Bytes;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallsTest {
  private final TransferChain chain =
      new TransferChain(3, TransferChain.parameters(), Contracts.all());
  private final Calls calls = new Calls(chain.machines.another());
  private final BlockEnvironment block =
      BlockEnvironments.of(chain.parameters, chain.parent, chain.state);

  @Test
  void aCallLeavesTheStateAsItIs() {
    TransactionOutcome outcome =
        calls.call(request(Contracts.COUNTER, 100_000), account(1), block, chain.state);
    var executed = assertInstanceOf(TransactionOutcome.Executed.class, outcome);
    assertInstanceOf(CallResult.Success.class, executed.result());
    assertEquals(UInt256.ZERO, chain.state.storage(Contracts.COUNTER, UInt256.ZERO));
  }

  @Test
  void theEstimateIsTheLeastGasThatIsEnough() {
    var estimate =
        calls.estimateGas(request(Contracts.COUNTER, 100_000), account(1), block, chain.state);
    long gas = assertInstanceOf(Calls.Estimate.Enough.class, estimate).gasLimit();
    assertEquals(true, succeeds(gas));
    assertEquals(false, succeeds(gas - 1));
  }

  private boolean succeeds(long gasLimit) {
    return calls.call(request(Contracts.COUNTER, gasLimit), account(1), block, chain.state)
            instanceof TransactionOutcome.Executed executed
        && executed.succeeded();
  }

  @Test
  void aTransferNeedsItsIntrinsicGas() {
    assertEquals(
        new Calls.Estimate.Enough(21_000),
        calls.estimateGas(request(account(2), 100_000), account(1), block, chain.state));
  }

  @Test
  void whatRevertsHasNoEstimate() {
    assertInstanceOf(
        Calls.Estimate.Failed.class,
        calls.estimateGas(request(Contracts.REVERTER, 100_000), account(1), block, chain.state));
  }

  @Test
  void lessThanTheIntrinsicGasIsTooLow() {
    assertEquals(
        new Calls.Estimate.GasTooLow(21_000, 20_000),
        calls.estimateGas(request(account(2), 20_000), account(1), block, chain.state));
  }

  private static DynamicFeeTransaction.Unsigned request(Address to, long gasLimit) {
    return new DynamicFeeTransaction.Unsigned(
        TransferChain.CHAIN_ID,
        0,
        Amount.ZERO,
        Amount.ZERO,
        gasLimit,
        Optional.of(to),
        Amount.ZERO,
        Bytes.EMPTY,
        List.of());
  }
}
