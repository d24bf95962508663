// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Log;
import io.aitbc.model.UInt256;
import io.aitbc.state.Overlay;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Calls that the chain itself makes in a block: no transaction, no fee, no gas of the block.
/// Protocol §14.5.
public final class SystemCalls {
  /// Who calls (EIP-4788).
  public static final Address CALLER =
      Address.fromHex("0xfffffffffffffffffffffffffffffffffffffffe");

  /// Gas of a call at the start of a block (EIP-4788).
  public static final long BLOCK_CALL_GAS = 30_000_000;

  /// Gas of a call at the end of an epoch: three times what one needs for the largest sets.
  /// Protocol §16.10.
  public static final long EPOCH_CALL_GAS = 100_000_000;

  private final Evm machine;
  private final BlockEnvironment block;
  private final Overlay state;
  private final List<Log> logs = new ArrayList<>();
  private final List<EconomyContract> failed = new ArrayList<>();

  SystemCalls(Evm machine, BlockEnvironment block, Overlay state) {
    this.machine = machine;
    this.block = block;
    this.state = state;
  }

  /// Calls a contract that nobody can upgrade, and returns its output.
  ///
  /// @throws IllegalStateException if there is no contract, or it fails: then the chain is broken
  ///   and no block may follow
  public Bytes call(Address contract, Bytes input) {
    if (!isContract(contract)) {
      throw new IllegalStateException("no system contract at " + contract);
    }
    CallResult result = run(contract, input, BLOCK_CALL_GAS);
    if (!(result instanceof CallResult.Success)) {
      throw new IllegalStateException("system contract " + contract + " failed: " + result);
    }
    return result.output();
  }

  /// The same where there is a contract, else nothing.
  void callIfPresent(Address contract, Bytes input) {
    if (isContract(contract)) {
      var _ = call(contract, input);
    }
  }

  /// Calls a contract that may have been upgraded, at the end of an epoch: its output, or nothing
  /// if it is not there or failed, which leaves no trace.
  Optional<Bytes> tryCall(Address contract, Bytes input) {
    return tryCall(contract, input, EPOCH_CALL_GAS);
  }

  /// The same with so much gas.
  Optional<Bytes> tryCall(Address contract, Bytes input, long gas) {
    if (!isContract(contract)) {
      return Optional.empty();
    }
    CallResult result = run(contract, input, gas);
    return result instanceof CallResult.Success success
        ? Optional.of(success.output())
        : Optional.empty();
  }

  /// Takes `action`, and takes all back that it did if it answers false.
  boolean attempt(BooleanSupplier action) {
    int before = state.snapshot();
    int logsBefore = logs.size();
    boolean done = action.getAsBoolean();
    if (!done) {
      state.revertTo(before);
      logs.subList(logsBefore, logs.size()).clear();
    }
    return done;
  }

  /// A slot of a contract that nobody can upgrade.
  UInt256 slot(EconomyContract contract, long slot) {
    return state.storage(contract.address(), UInt256.of(slot));
  }

  /// Writes such a slot.
  void setSlot(EconomyContract contract, long slot, UInt256 value) {
    state.setStorage(contract.address(), UInt256.of(slot), value);
  }

  /// Mints into an account.
  void mint(Address account, Amount amount) {
    state.credit(account, amount);
  }

  /// Burns what an account holds.
  ///
  /// @return whether it held that much
  boolean burn(Address account, Amount amount) {
    if (state.account(account).balance().compareTo(amount) < 0) {
      return false;
    }
    state.debit(account, amount);
    return true;
  }

  /// The rules of gas and fees of the epoch after this one, as they are known now.
  ExecutionParameters rulesOfNextEpoch(ExecutionParameters genesis) {
    return BlockRules.next(genesis, state);
  }

  /// Whether there is code at an address.
  boolean isContract(Address address) {
    return state.account(address).hasCode();
  }

  /// Notes that a call at the end of an epoch failed.
  void failed(EconomyContract contract) {
    failed.add(contract);
  }

  /// The contracts whose calls failed, in the order of the calls.
  List<EconomyContract> failed() {
    return List.copyOf(failed);
  }

  /// What the contracts called wrote so far, in this block.
  public List<Log> logs() {
    return Collections.unmodifiableList(logs);
  }

  private CallResult run(Address contract, Bytes input, long gas) {
    Evm.SystemCallOutcome outcome = machine.systemCall(CALLER, contract, input, gas, block, state);
    logs.addAll(outcome.logs());
    return outcome.result();
  }
}
