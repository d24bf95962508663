// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;

/// How the reports of a claim stand. Protocol §17.13.
///
/// @param reported who did: bit i is seat i, bit {@link #SECOND} the second auditor
/// @param disputed whose report was challenged
/// @param counted seats whose secret was shown when the reports were closed
/// @param closedAt height; 0 before
/// @param untilHeight of the second auditor's time, and after its report of the time to challenge
///   it; it has passed when both have
/// @param untilSeconds of it, active time
/// @param unserved seats that said that they were not served
public record WorkAudit(
    long reported,
    long disputed,
    long counted,
    long closedAt,
    long untilHeight,
    long untilSeconds,
    long unserved) {
  /// The number of the second auditor among those who report: behind all seats that there may be.
  public static final int SECOND = 16;

  /// What the second auditor is given.
  ///
  /// @param second its account
  /// @param numbers for each seat, which of its leaves: none if that is not below the number of
  ///   leaves of a seat
  public record Given(Address second, List<Long> numbers) {
    /// Copies the list.
    public Given {
      numbers = List.copyOf(numbers);
    }

    static Optional<Given> of(ReturnWords words) {
      return words
          .listAt(1)
          .map(list -> new Given(words.address(0), list.stream().map(UInt256::low).toList()));
    }
  }

  static Optional<WorkAudit> of(ReturnWords words) {
    return words.has(8)
        ? Optional.of(
            new WorkAudit(
                words.number(0),
                words.number(1),
                words.number(2),
                words.number(4),
                words.number(5),
                words.number(6),
                words.number(8)))
        : Optional.empty();
  }

  /// Whether the reports of a claim whose seats are drawn can be closed: all are there, or the time
  /// for them is over in blocks.
  public boolean isToBeClosed(WorkClaim claim, long height) {
    long all = (1L << claim.places().size()) - 1;
    return closedAt == 0
        && reported != 0
        && ((reported & all) == all || height > claim.untilHeight());
  }

  /// Whether a seat reported, or the second auditor.
  public boolean hasReported(int seat) {
    return (reported >> seat & 1) != 0;
  }

  /// Whether a seat said that it was not served.
  public boolean isUnserved(int seat) {
    return (unserved >> seat & 1) != 0;
  }

  /// Whether a seat counts.
  public boolean counts(int seat) {
    return (counted >> seat & 1) != 0;
  }

  /// Whether a seat's report, or the second auditor's, was challenged.
  public boolean isDisputed(int seat) {
    return (disputed >> seat & 1) != 0;
  }
}
