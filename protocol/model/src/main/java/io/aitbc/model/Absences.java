// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.List;

/// What a window of availability that ended found. Protocol §6.2.
///
/// @param members of the validator set in whose last block it is reported
/// @param away how many of them missed most of the window, whether they are jailed or not
/// @param jailed who of those is to be jailed, ordered by account; never so many that the chain is
///   left to few, and at most {@link EpochReport#UNAVAILABLE_MAX}
public record Absences(int members, int away, List<Address> jailed) {
  /// No window ended.
  public static final Absences NONE = new Absences(0, 0, List.of());

  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if there are more of a part than of the whole
  public Absences {
    jailed = List.copyOf(jailed);
    if (jailed.size() > EpochReport.UNAVAILABLE_MAX || jailed.size() > away || away > members) {
      throw new IllegalArgumentException(
          jailed.size() + " to be jailed, " + away + " away of " + members);
    }
  }
}
