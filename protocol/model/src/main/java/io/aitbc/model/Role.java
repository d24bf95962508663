// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.List;
import java.util.Optional;

/// What a validator does in an epoch. Protocol §2.4.
public enum Role {
  /// Votes, and is drawn to propose by the mode in force.
  PROPOSER(1),
  /// Votes, and proposes when a fallback round or another mode asks for its class.
  VALIDATOR(2),
  /// Follows the chain and waits to be drawn.
  STANDBY(3);

  private final int code;

  Role(int code) {
    this.code = code;
  }

  /// The number in the contracts, where 0 stands for none; never changes.
  public int code() {
    return code;
  }

  /// The role with this number; empty if there is none.
  public static Optional<Role> ofCode(long code) {
    return List.of(values()).stream().filter(role -> role.code == code).findFirst();
  }
}
