// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;

/// How a call or creation ended. Protocol §14.6.
public sealed interface CallResult {
  /// Gas that is left of what it was given, at least 0.
  long gasLeft();

  /// What it returned; of a creation that succeeded, the contract's code.
  Bytes output();

  /// Its changes stand.
  record Success(long gasLeft, Bytes output) implements CallResult {}

  /// It asked for its changes to be taken back (REVERT).
  record Revert(long gasLeft, Bytes output) implements CallResult {}

  /// It broke a rule: its changes are taken back, its gas is gone.
  record Halt(HaltReason reason) implements CallResult {
    @Override
    public long gasLeft() {
      return 0;
    }

    @Override
    public Bytes output() {
      return Bytes.EMPTY;
    }
  }
}
