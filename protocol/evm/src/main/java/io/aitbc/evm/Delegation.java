// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import java.util.Optional;

/// The code of an account that has another account's code run for it: `0xef0100` and the other's
/// address. EIP-7702.
public final class Delegation {
  /// Length of such code in bytes.
  public static final int BYTES = 3 + Address.BYTES;

  private static final Bytes PREFIX = Bytes.fromHex("ef0100");

  private Delegation() {}

  /// The code that delegates to `address`.
  public static Bytes to(Address address) {
    byte[] code = new byte[BYTES];
    PREFIX.copyTo(code, 0);
    address.copyTo(code, PREFIX.length());
    return Bytes.wrap(code);
  }

  /// To whom `code` delegates; empty if it is other code.
  public static Optional<Address> of(Bytes code) {
    return Code.of(code).delegate();
  }
}
