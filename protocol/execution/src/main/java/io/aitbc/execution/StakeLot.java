// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.Optional;
import java.util.OptionalLong;

/// Stake on its way: a lot that left a pool, or one that was moved to another and stands there.
/// What it owes for penalties is not taken off. Protocol §16.4.
///
/// @param owner whose it is
/// @param left the first snapshot without it; 0 while it stands in its pool
/// @param pool where it stands, or which it left
/// @param source the pool that it was moved from; empty for one that was not
/// @param sourceLeft the first snapshot without it there
/// @param amount what it is worth once it left
/// @param shares of its pool while it stands there
public record StakeLot(
    Address owner,
    long left,
    Address pool,
    Optional<Address> source,
    long sourceLeft,
    Amount amount,
    UInt256 shares) {
  private static final int WORDS = 9;

  /// How far a lot is from being paid out.
  public enum State {
    /// It stands in a pool that it was moved to.
    IN_POOL,
    /// A set may count it still: snapshots are to be taken.
    COUNTED,
    /// Its unbonding time runs.
    UNBONDING,
    /// Its time is over: it is paid out on request, unless an open conviction locks it.
    FREE
  }

  /// The snapshot that must have been taken before its unbonding time begins.
  public long beginsWithSnapshot() {
    return (left == 0 ? sourceLeft : left) + 1;
  }

  /// When its unbonding time is over, active milliseconds: of one that stands in a pool when it may
  /// be joined with the owner's other shares. Empty while it has not begun.
  ///
  /// @param snapshotMillis when the snapshot of {@link #beginsWithSnapshot} was taken; 0 if it was
  ///   not yet
  /// @param unbondingMillis the parameter UNBONDING
  public OptionalLong freeMillis(long snapshotMillis, long unbondingMillis) {
    return snapshotMillis == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Math.addExact(snapshotMillis, unbondingMillis));
  }

  /// How far it is.
  ///
  /// @param freeMillis as {@link #freeMillis} says
  /// @param nowMillis active time of the chain
  public State state(OptionalLong freeMillis, long nowMillis) {
    if (left == 0) {
      return State.IN_POOL;
    }
    if (freeMillis.isEmpty()) {
      return State.COUNTED;
    }
    return nowMillis < freeMillis.getAsLong() ? State.UNBONDING : State.FREE;
  }

  /// Empty if there is no such lot, or it was paid out or joined.
  static Optional<StakeLot> of(ReturnWords words) {
    Address owner = words.address(0);
    return words.has(WORDS - 1) && !owner.equals(Address.ZERO)
        ? Optional.of(
            new StakeLot(
                owner,
                words.number(1),
                words.address(3),
                Optional.of(words.address(4)).filter(source -> !source.equals(Address.ZERO)),
                words.number(5),
                words.amount(7),
                words.word(8)))
        : Optional.empty();
  }
}
