// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.Address;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which addresses are precompiles, and of what. A table of the caller: the machine knows no
/// precompile of its own. Protocol §14.6.
public final class Precompiles {
  /// No precompile at all.
  public static final Precompiles NONE = new Precompiles(new TreeMap<>());

  private final SortedMap<Address, Precompile> functions;

  private Precompiles(SortedMap<Address, Precompile> functions) {
    this.functions = functions;
  }

  /// This table and `precompile` at `address`.
  ///
  /// @throws IllegalArgumentException if there is one already
  public Precompiles with(Address address, Precompile precompile) {
    TreeMap<Address, Precompile> more = new TreeMap<>(functions);
    if (more.put(address, precompile) != null) {
      throw new IllegalArgumentException("two precompiles at " + address);
    }
    return new Precompiles(more);
  }

  /// This table and `precompile` at the address that is the number `address`.
  ///
  /// @throws IllegalArgumentException if there is one already
  public Precompiles with(int address, Precompile precompile) {
    return with(Words.address(0, 0, address), precompile);
  }

  /// This table without what it has at `address`.
  public Precompiles without(Address address) {
    TreeMap<Address, Precompile> fewer = new TreeMap<>(functions);
    var _ = fewer.remove(address);
    return new Precompiles(fewer);
  }

  /// What runs at `address`.
  @Nullable Precompile find(Address address) {
    return functions.get(address);
  }

  /// The addresses and their functions, ascending.
  public SortedMap<Address, Precompile> functions() {
    return new TreeMap<>(functions);
  }
}
