// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.LegacyTransaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.util.Optional;

/// A machine with a caller who has money and a contract whose code a test chooses.
final class Sandbox {
  static final Address CALLER = Words.address(0, 0, 0xca11e5);
  static final Address CONTRACT = Words.address(0, 0, 0xc0de);
  static final Address COINBASE = Words.address(0, 0, 0xc01);

  final Overlay state = new Overlay(new MemoryState());
  final Evm evm;
  private Fork fork = Fork.OSAKA;

  Sandbox() {
    this(EthereumPrecompiles.of(Fork.OSAKA, Secp256k1.chosen()));
  }

  Sandbox(Precompiles precompiles) {
    evm = new Evm(Secp256k1.chosen(), _ -> precompiles, new CodeCache(1 << 20));
    state.setBalance(CALLER, Amount.aitbc(1_000));
  }

  Sandbox under(Fork rules) {
    fork = rules;
    return this;
  }

  @CanIgnoreReturnValue
  Sandbox withCode(String hex) {
    return withCode(CONTRACT, Bytes.fromHex(hex));
  }

  @CanIgnoreReturnValue
  Sandbox withCode(Address address, Bytes code) {
    state.setCode(address, code);
    state.setNonce(address, 1);
    return this;
  }

  BlockEnvironment block() {
    return new BlockEnvironment(
        fork,
        UInt256.of(7),
        COINBASE,
        1_000,
        1_700_000_000,
        1L << 40,
        Keccak256.hash(new byte[] {1}),
        Amount.ZERO,
        Amount.wei(1),
        _ -> Hash.ZERO);
  }

  static LegacyTransaction.Unsigned request(
      Optional<Address> recipient, Amount value, Bytes data, long gas) {
    return new LegacyTransaction.Unsigned(
        Optional.empty(), 0, Amount.ZERO, gas, recipient, value, data);
  }

  TransactionOutcome.Executed call(long gas) {
    return call(evm, Bytes.EMPTY, gas);
  }

  TransactionOutcome.Executed call(Evm machine, Bytes input, long gas) {
    return (TransactionOutcome.Executed)
        machine.simulate(
            request(Optional.of(CONTRACT), Amount.ZERO, input, gas), CALLER, block(), state);
  }

  /// What the contract returns as a number.
  UInt256 answer() {
    Bytes output = call(1_000_000).result().output();
    return UInt256.of(output.toArray(), 0, output.length());
  }
}
