// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Address;

/// Whom a node speaks for.
public sealed interface Identity {
  /// A validator, in every height whose set has it.
  ///
  /// @param account the account of the validator
  record Validating(Address account) implements Identity {}

  /// Nobody: the node follows and checks.
  record Following() implements Identity {}

  /// Whether this is the validator of `account`.
  default boolean is(Address account) {
    return this instanceof Validating(var own) && own.equals(account);
  }
}
