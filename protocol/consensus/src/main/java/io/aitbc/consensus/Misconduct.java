// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Height;

/// What a peer did that no correct program does; the network scores it down. Not evidence: nothing
/// here is signed by a validator.
public sealed interface Misconduct {
  /// It sent a signature that does not hold.
  record BadSignature(Height height) implements Misconduct {}

  /// It sent something a correct validator never signs or sends.
  ///
  /// @param reason what was wrong with it
  record BadMessage(Height height, Rejection reason) implements Misconduct {}
}
