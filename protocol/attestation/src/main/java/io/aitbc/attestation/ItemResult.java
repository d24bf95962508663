// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Hash;

/// What became of an item of collateral. Protocol §18.5.
///
/// @param reason {@link Reason#OK}, or the first fault found; all else is zero then
/// @param subject what the item is about, root included: of two items about one thing the newer
///   counts
/// @param list subject of the root's list of revoked certificates
/// @param issued when it was issued, in seconds since 1970
/// @param evaluation Intel's counter of re-ratings; 0 where there is none
/// @param validUntil last second in which it counts
/// @param developmentRoot whether its root is worth nothing
public record ItemResult(
    Reason reason,
    Hash subject,
    Hash list,
    long issued,
    int evaluation,
    long validUntil,
    boolean developmentRoot) {
  static ItemResult refused(Reason reason) {
    return new ItemResult(reason, Hash.ZERO, Hash.ZERO, 0, 0, 0, false);
  }
}
