// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.List;
import java.util.Optional;

/// What the contract ModelRegistry knows of a model. Protocol §17.11.
///
/// @param registrant who registered it and gets the deposit back
/// @param state whether jobs may name it
/// @param openJobs jobs that are not over
/// @param idleSinceMillis when it was closed or its last job ended, active time
/// @param deposit what is deposited with it
/// @param traceTiles tiles of its trace
/// @param stateTiles tiles of its state: 0 unless it trains
/// @param inputBytes length of an input
/// @param boundaryCount inputs with known outputs
/// @param inputTiles tiles of an input
/// @param boundaryInputs root over them
/// @param boundaryOutputs root over their outputs
public record RegisteredModel(
    Address registrant,
    State state,
    long openJobs,
    long idleSinceMillis,
    Amount deposit,
    long traceTiles,
    long stateTiles,
    long inputBytes,
    long boundaryCount,
    long inputTiles,
    Hash boundaryInputs,
    Hash boundaryOutputs) {
  /// Whether jobs may name a model.
  public enum State {
    /// They may.
    OPEN,
    /// Its registrant closed it.
    CLOSED,
    /// Its plan was shown not to be well-formed.
    MALFORMED
  }

  /// Empty if there is none.
  static Optional<RegisteredModel> of(ReturnWords words) {
    return words
        .oneOf(1, List.of(State.values()), 1)
        .filter(_ -> words.has(11))
        .map(state ->
            new RegisteredModel(
                words.address(0),
                state,
                words.number(2),
                words.number(3),
                words.amount(4),
                words.number(5),
                words.number(6),
                words.number(7),
                words.number(8),
                words.number(9),
                words.hash(10),
                words.hash(11)));
  }
}
