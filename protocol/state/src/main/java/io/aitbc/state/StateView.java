// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;

/// The state at one moment, to be read: the final state of a block, or an {@link Overlay} over it.
/// Protocol §13.1.
public interface StateView {
  /// The account at `address`; {@link Account#EMPTY} if the state holds none.
  Account account(Address address);

  /// The value in slot `key` of the storage of `address`; 0 if the state holds none.
  UInt256 storage(Address address, UInt256 key);

  /// The code with this hash; empty for {@link Account#EMPTY_CODE_HASH}.
  ///
  /// @throws IllegalStateException if no account of the state has such code
  Bytes code(Hash codeHash);

  /// Length of the code with this hash, in bytes, where that takes less than reading the code.
  ///
  /// @throws IllegalStateException if no account of the state has such code
  default int codeLength(Hash codeHash) {
    return code(codeHash).length();
  }
}
