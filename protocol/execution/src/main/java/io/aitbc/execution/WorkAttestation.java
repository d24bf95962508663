// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import java.util.Optional;

/// What the evidence of a claim was worth at its reveal. Protocol §17.13, §18.1.
///
/// @param hardware id of the machine
/// @param platform code
/// @param level 1 a processor, 2 with a GPU, 3 a development root
/// @param fewerSeats whether fewer auditors are drawn for it
public record WorkAttestation(Hash hardware, int platform, int level, boolean fewerSeats) {
  /// Empty without evidence.
  static Optional<WorkAttestation> of(ReturnWords words) {
    return words.has(3) && words.number(1) > 0
        ? Optional.of(
            new WorkAttestation(
                words.hash(0), (int) words.number(1), (int) words.number(2), words.number(3) == 1))
        : Optional.empty();
  }
}
