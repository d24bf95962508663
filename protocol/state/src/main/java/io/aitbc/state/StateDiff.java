// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.model.Address;
import io.aitbc.model.UInt256;

/// What a block changes in the state, both ways. Protocol §13.4.
public final class StateDiff {
  private StateDiff() {}

  /// One account's change; {@link Account#EMPTY} stands for none.
  public record AccountChange(Address address, Account before, Account after) {}

  /// One storage slot's change; 0 stands for none.
  public record StorageChange(Address address, UInt256 key, UInt256 before, UInt256 after) {}
}
