// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Small contracts, for tests.
final class Contracts {
  /// Adds one to the slot that the input names.
  static final Address COUNTER = at(1);

  /// Passes the money it gets on to the address in the input.
  static final Address PASSER = at(2);

  /// Writes an empty log.
  static final Address LOGGER = at(3);

  /// Reverts.
  static final Address REVERTER = at(4);

  /// Stores the hash of the block before the parent in slot 0.
  static final Address REMEMBERER = at(5);

  /// Adds the balance of the address in the input to slot 0.
  static final Address WATCHER = at(6);

  /// Code that creates a contract of one STOP.
  static final Bytes CREATE = Bytes.fromHex("6001600c60003960016000f300");

  private Contracts() {}

  static List<Genesis.GenesisAccount> all() {
    List<Genesis.GenesisAccount> all = new ArrayList<>(Predeploys.all());
    all.add(contract(COUNTER, "5f358054600101905500"));
    all.add(contract(PASSER, "5f5f5f5f345f355af100"));
    all.add(contract(LOGGER, "5f5fa000"));
    all.add(contract(REVERTER, "5f5ffd"));
    all.add(contract(REMEMBERER, "4360029003405f5500"));
    all.add(contract(WATCHER, "5f35315f54015f5500"));
    return all;
  }

  /// An account with this code, in hexadecimal digits.
  static Genesis.GenesisAccount contract(Address address, String code) {
    return new Genesis.GenesisAccount(
        address, Amount.ZERO, 1, Bytes.fromHex(code), new TreeMap<>());
  }

  private static Address at(int index) {
    return TransferChain.account(1_000 + index);
  }

  static Bytes word(long number) {
    return Bytes.wrap(UInt256.of(number).toArray());
  }

  static Bytes word(Address address) {
    byte[] bytes = new byte[UInt256.BYTES];
    address.bytes().copyTo(bytes, UInt256.BYTES - Address.BYTES);
    return Bytes.wrap(bytes);
  }
}
