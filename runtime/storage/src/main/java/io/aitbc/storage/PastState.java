// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.StateView;

/// The state after a block that is not the head any more, read from the head's state and from what
/// later blocks replaced.
sealed interface PastState extends StateView {
  /// The head's state.
  StoredState head();

  @Override
  default Bytes code(Hash codeHash) {
    return head().code(codeHash);
  }

  @Override
  default int codeLength(Hash codeHash) {
    return head().codeLength(codeHash);
  }

  /// With what was replaced in memory.
  record Undone(StoredState head, Values before) implements PastState {
    @Override
    public Account account(Address address) {
      return before.account(address, head);
    }

    @Override
    public UInt256 storage(Address address, UInt256 key) {
      return before.storage(address, key, head);
    }
  }

  /// With what was replaced in the archive.
  ///
  /// @param height the block after which the state is
  record Archived(StoredState head, long height) implements PastState {
    @Override
    public Account account(Address address) {
      return History.account(head.view(), address, height).orElseGet(() -> head.account(address));
    }

    @Override
    public UInt256 storage(Address address, UInt256 key) {
      return History.slot(head.view(), address, key, height)
          .orElseGet(() -> head.storage(address, key));
    }
  }
}
