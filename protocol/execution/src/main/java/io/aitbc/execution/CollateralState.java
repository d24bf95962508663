// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import java.util.Optional;

/// The newest item of collateral about something, as the contract CollateralRegistry knows it,
/// without its bytes. Protocol §18.5, §18.9.
///
/// @param issued when it was issued, seconds since 1970
/// @param validUntil last second in which it counts; {@link Long#MAX_VALUE} if it does not end
/// @param evaluation Intel's counter of re-ratings; 0 where there is none
/// @param kind its number in encodings
/// @param developmentRoot whether its root is worth nothing
/// @param endorser who vouched, for endorsements; else zeros
public record CollateralState(
    long issued,
    long validUntil,
    long evaluation,
    int kind,
    boolean developmentRoot,
    Address endorser) {
  private static final int LENGTH_WORD = 9;

  /// A tuple behind an offset, with the list of its parts last; empty if it has no parts: it was
  /// removed, or never there.
  static Optional<CollateralState> of(ReturnWords words) {
    return words.has(LENGTH_WORD) && words.number(LENGTH_WORD) > 0
        ? Optional.of(
            new CollateralState(
                words.number(1),
                // 2^64 - 1 stands for no end, and does not fit.
                words.word(2).fitsLong() ? words.number(2) : Long.MAX_VALUE,
                words.number(3),
                (int) words.number(4),
                words.number(5) == 1,
                words.address(6)))
        : Optional.empty();
  }
}
