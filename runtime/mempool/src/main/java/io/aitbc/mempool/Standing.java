// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.model.Amount;
import java.util.Comparator;

/// What claim a transaction has to its place, among those that wait. Protocol §15.3.
///
/// @param pending the transaction
/// @param isLater whether a nonce is missing before it: no block can hold it, so whatever it offers
///   is never paid
/// @param offer what it offers per unit of gas; where no nonce is missing, the least of what it and
///   those of its sender before it offer, for it is in no block before they are
record Standing(Pending pending, boolean isLater, Amount offer) {
  /// Those behind a missing nonce, then the cheapest offer first, of equal ones the poorest sender,
  /// then the latest: who must go first when there is no room.
  static final Comparator<Standing> WORST_FIRST = Standing::compareWorst;

  private static int compareWorst(Standing one, Standing other) {
    int order = Boolean.compare(other.isLater, one.isLater);
    order = order != 0 ? order : one.offer.compareTo(other.offer);
    order = order != 0 ? order : Integer.compare(one.pending.wealth(), other.pending.wealth());
    return order != 0 ? order : Long.compare(other.pending.arrival(), one.pending.arrival());
  }

  /// Whether this has a better claim to a place than `other`, which came earlier.
  boolean displaces(Standing other) {
    if (isLater != other.isLater) {
      return other.isLater;
    }
    int offers = offer.compareTo(other.offer);
    return offers > 0 || (offers == 0 && pending.wealth() > other.pending.wealth());
  }
}
