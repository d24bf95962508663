// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.model.Address;
import io.aitbc.model.Log;
import io.aitbc.state.Overlay;
import java.util.ArrayList;
import java.util.List;

/// Calls that the chain itself makes in a block: no transaction, no fee, no gas of the block.
/// Protocol §14.5.
public final class SystemCalls {
  /// Who calls (EIP-4788).
  public static final Address CALLER =
      Address.fromHex("0xfffffffffffffffffffffffffffffffffffffffe");

  /// Gas of a call at the start of a block (EIP-4788).
  public static final long BLOCK_CALL_GAS = 30_000_000;

  /// Gas of a call at the end of an epoch: what a second of blocks has, for every validator of the
  /// largest set a million.
  public static final long EPOCH_CALL_GAS = 1_000_000_000;

  private final Evm machine;
  private final BlockEnvironment block;
  private final Overlay state;
  private final List<Log> logs = new ArrayList<>();

  SystemCalls(Evm machine, BlockEnvironment block, Overlay state) {
    this.machine = machine;
    this.block = block;
    this.state = state;
  }

  /// Calls a contract and returns its output.
  ///
  /// @throws IllegalStateException if there is no contract, or it fails: then the chain's own
  ///   contracts are broken and no block may follow
  public Bytes call(Address contract, Bytes input, long gas) {
    if (!state.account(contract).hasCode()) {
      throw new IllegalStateException("no system contract at " + contract);
    }
    Evm.SystemCallOutcome outcome = machine.systemCall(CALLER, contract, input, gas, block, state);
    if (!(outcome.result() instanceof CallResult.Success)) {
      throw new IllegalStateException(
          "system contract " + contract + " failed: " + outcome.result());
    }
    logs.addAll(outcome.logs());
    return outcome.result().output();
  }

  /// The same where there is a contract, else nothing.
  void callIfPresent(Address contract, Bytes input) {
    if (state.account(contract).hasCode()) {
      var _ = call(contract, input, BLOCK_CALL_GAS);
    }
  }

  /// What the contracts called wrote.
  List<Log> logs() {
    return logs;
  }
}
