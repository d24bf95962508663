// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A claim as the contract WorkLedger knows it, from its acceptance on. Protocol §17.13.
///
/// @param state where it stands
/// @param worker who accepted it
/// @param convictions of the worker when it accepted
/// @param disputes that are open or wait
/// @param reserved of the worker's bond
/// @param untilHeight of the state's deadline, which has passed when both have
/// @param untilSeconds of it, active time
/// @param committedAt height of the commitment; 0 before
/// @param auditAt height whose beacon draws the seats; 0 before the commitment
/// @param stake what each report sets aside of its auditor's bond
/// @param commitment to the output root
/// @param outputs the output root; zeros before the reveal
/// @param auditBeacon the beacon that drew the seats; empty before
/// @param places of the seats' auditors
public record WorkClaim(
    State state,
    Address worker,
    long convictions,
    long disputes,
    Amount reserved,
    long untilHeight,
    long untilSeconds,
    long committedAt,
    long auditAt,
    Amount stake,
    Hash commitment,
    Hash outputs,
    Optional<Hash> auditBeacon,
    List<Long> places) {
  private static final int SEATS = 14;
  private static final int SEATS_MAX = 16;
  private static final int SEATS_IN_WORD = 8;

  /// Where a claim stands.
  public enum State {
    /// A worker works.
    ACCEPTED,
    /// It committed to a result.
    COMMITTED,
    /// Its result is known, and may be challenged.
    REVEALED,
    /// Paid.
    SETTLED,
    /// Ended unpaid and unslashed.
    VOID,
    /// Proven to be false.
    FRAUD
  }

  /// Copies the list.
  public WorkClaim {
    places = List.copyOf(places);
  }

  /// Empty if nobody has the claim.
  static Optional<WorkClaim> of(ReturnWords words) {
    return words
        .oneOf(0, List.of(State.values()), 1)
        .filter(_ -> words.has(SEATS + 1))
        .map(state ->
            new WorkClaim(
                state,
                words.address(1),
                words.number(2),
                words.number(3),
                words.amount(4),
                words.number(5),
                words.number(6),
                words.number(8),
                words.number(9),
                words.amount(10),
                words.hash(11),
                words.hash(12),
                Optional.of(words.hash(13)).filter(beacon -> !beacon.equals(Hash.ZERO)),
                places(words)));
  }

  private static List<Long> places(ReturnWords words) {
    List<Long> places = new ArrayList<>();
    long count = Math.min(words.number(7), SEATS_MAX);
    for (int seat = 0; seat < count; seat++) {
      byte[] word = words.word(SEATS + seat / SEATS_IN_WORD).toArray();
      int end = UInt256.BYTES - 4 * (seat % SEATS_IN_WORD);
      places.add(UInt256.of(word, end - 4, 4).low());
    }
    return places;
  }
}
