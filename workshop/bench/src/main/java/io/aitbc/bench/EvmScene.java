// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.Evm;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.Machines;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.LegacyTransaction;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import java.util.Optional;

/// A state in memory with contracts, and a machine with the chain's precompiles that calls them.
/// Every call begins in the same state; what it changes is thrown away.
final class EvmScene {
  /// The contract that is called.
  static final Address CONTRACT = address(0xc0de);

  static final Address CALLER = address(0xca11e5);

  /// Gas of a call in a measurement: what one transaction may have at most (EIP-7825).
  static final long GAS_MEASURED = TransactionRules.TRANSACTION_GAS_MAX;

  private static final long BLOCK_GAS = 100_000_000;

  private static final Machines MACHINES =
      new Machines(Hash.ZERO, Secp256k1.chosen(), new BlsScheme());

  /// A machine with the chain's precompiles.
  static final Evm EVM = MACHINES.another();

  private final MemoryState state = new MemoryState();
  private final Overlay genesis = new Overlay(state);
  private final long gas;
  private Bytes input = Bytes.EMPTY;

  /// @param gas gas of the call
  EvmScene(long gas) {
    this.gas = gas;
    genesis.setBalance(CALLER, Amount.aitbc(1_000));
  }

  /// The address that is the number `number`.
  static Address address(long number) {
    return Address.fromHex("%040x".formatted(number));
  }

  /// This scene with a contract.
  EvmScene with(Address address, Bytes code) {
    genesis.setCode(address, code);
    genesis.setNonce(address, 1);
    genesis.setBalance(address, Amount.aitbc(1));
    return this;
  }

  /// This scene with a value in a contract's storage.
  EvmScene with(Address address, UInt256 key, UInt256 value) {
    genesis.setStorage(address, key, value);
    return this;
  }

  /// This scene with the input of the call.
  EvmScene withInput(Bytes bytes) {
    input = bytes;
    return this;
  }

  /// The block that every call is in.
  static BlockEnvironment block() {
    return new BlockEnvironment(
        Fork.OSAKA,
        UInt256.of(7_000),
        address(0xc01),
        1_000,
        1_700_000_000,
        BLOCK_GAS,
        Keccak256.hash(new byte[] {1}),
        Amount.ZERO,
        Amount.wei(1),
        _ -> Hash.ZERO);
  }

  /// The call, as work.
  EvmCase.Work work(Root root) {
    state.apply(StateTrie.diff(state, genesis, Workers.NONE));
    LegacyTransaction.Unsigned request =
        new LegacyTransaction.Unsigned(
            Optional.empty(), 0, Amount.ZERO, gas, Optional.of(CONTRACT), Amount.ZERO, input);
    BlockEnvironment block = block();
    return () -> {
      Overlay changes = new Overlay(state);
      long used = gasOf(EVM.simulate(request, CALLER, block, changes));
      if (root == Root.COMPUTED) {
        var _ = StateTrie.diff(state, changes, Workers.NONE);
      }
      return used;
    };
  }

  /// Whether the state root is part of the work.
  enum Root {
    /// It is not.
    LEFT_OUT,
    /// It is.
    COMPUTED
  }

  /// The gas that a call took, refunds included, which must have succeeded.
  static long gasOf(TransactionOutcome outcome) {
    if (outcome instanceof TransactionOutcome.Executed executed && executed.succeeded()) {
      return executed.gasUsed() + executed.gasRefunded();
    }
    throw new IllegalStateException("the case does not end as it should: " + outcome);
  }
}
