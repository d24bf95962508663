// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import io.aitbc.model.Address;
import io.aitbc.model.Validator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Who may make a block when: time is cut into slots, and the proposers of genesis take turns. With
/// one proposer (PROPOSER_ID) it makes them all. Protocol §10.4.
///
/// @param begin when slot 0 begins
/// @param slot how long a slot lasts, at least a millisecond
/// @param proposers who takes turns, in this order, at least one
public record Schedule(Instant begin, Duration slot, List<Validator> proposers) {
  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if nobody proposes or a slot lasts no time
  public Schedule {
    proposers = List.copyOf(proposers);
    if (proposers.isEmpty() || slot.toMillis() < 1) {
      throw new IllegalArgumentException(proposers.size() + " proposers, slots of " + slot);
    }
  }

  /// The proposer of a slot.
  public Validator proposer(long slotNumber) {
    return proposers.get((int) (slotNumber % proposers.size()));
  }

  /// The slot at a moment; -1 before the first.
  public long slotAt(Instant time) {
    long millis = Duration.between(begin, time).toMillis();
    return millis < 0 ? -1 : millis / slot.toMillis();
  }

  /// When a slot begins.
  public Instant beginOf(long slotNumber) {
    return begin.plusMillis(Math.multiplyExact(slotNumber, slot.toMillis()));
  }

  /// Whether the account is one of the proposers.
  public boolean proposes(Address account) {
    return proposers.stream().anyMatch(validator -> validator.account().equals(account));
  }
}
