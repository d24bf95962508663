// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.StateView;

/// The state that the first transaction of a final block met: the one after the parent, with what
/// the calls at the block's start wrote. Only they write the storage of their contracts but for an
/// epoch's end, so it is read from the state after the block. Protocol §14.5.
///
/// @param before the state after the parent
/// @param after the state after the block
record BlockStartView(StateView before, StateView after) implements StateView {
  @Override
  public Account account(Address address) {
    return before.account(address);
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    return (isWrittenAtStart(address) ? after : before).storage(address, key);
  }

  @Override
  public Bytes code(Hash codeHash) {
    return before.code(codeHash);
  }

  static boolean isWrittenAtStart(Address address) {
    return address.equals(Predeploys.HISTORY)
        || address.equals(Predeploys.PARENT_CERTIFICATES)
        || address.equals(EconomyContract.BEACON_HISTORY.address());
  }
}
