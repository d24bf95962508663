// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

/// What a validator does in an epoch. Protocol §2.4.
public enum Role {
  /// Votes, and is drawn to propose by the mode in force.
  PROPOSER,
  /// Votes, and proposes when a fallback round or another mode asks for its class.
  VALIDATOR,
  /// Follows the chain and waits to be drawn.
  STANDBY
}
