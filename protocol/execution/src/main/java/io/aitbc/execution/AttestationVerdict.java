// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.attestation.Reason;
import io.aitbc.crypto.Hash;
import java.util.Optional;
import java.util.stream.Stream;

/// What evidence is worth in a block. Protocol §18.8.
///
/// @param reason {@link Reason#OK}, or the first fault
/// @param level Protocol §18.1; 0 if it is refused
/// @param hardware id of the machine; zeros if it is refused
/// @param validUntil last second in which all that was used is valid
public record AttestationVerdict(Reason reason, int level, Hash hardware, long validUntil) {
  private static final int WORDS = 6;

  /// Empty if it is no verdict.
  static Optional<AttestationVerdict> of(ReturnWords words) {
    return words.has(WORDS - 1)
        ? Stream.of(Reason.values())
            .filter(each -> each.code() == words.number(0))
            .findFirst()
            .map(reason ->
                new AttestationVerdict(
                    reason, (int) words.number(1), words.hash(3), words.number(4)))
        : Optional.empty();
  }

  /// Whether the evidence is right.
  public boolean isRight() {
    return reason == Reason.OK;
  }
}
