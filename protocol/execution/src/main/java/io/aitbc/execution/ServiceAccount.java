// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import java.util.Optional;

/// What the contract ServiceRegistry knows of a service. Protocol §17.10.
///
/// @param bond what vouches
/// @param reserved part of it that duties hold
/// @param leaving what was taken out and waits; still liable
/// @param leavingSinceMillis when something was taken out last, active time
/// @param settledAtMillis when a duty ended last, active time
/// @param duties claims, seats and evaluations that are open
/// @param place in the draws of its role, from 1 on
/// @param classes of verification that it serves: bit 2^class
/// @param convictions frauds that were proven
public record ServiceAccount(
    Amount bond,
    Amount reserved,
    Amount leaving,
    long leavingSinceMillis,
    long settledAtMillis,
    long duties,
    long place,
    long classes,
    long convictions) {
  /// A secret chain of an auditor.
  ///
  /// @param fromEpoch the first epoch whose secret it has
  /// @param shownEpoch the last epoch whose secret was shown; one before the first while none was
  /// @param link the secret of that epoch, or the end of the chain
  public record SecretChain(long fromEpoch, long shownEpoch, Hash link) {}

  /// Bond that no duty holds.
  public Amount free() {
    return bond.minus(reserved);
  }

  /// Empty if the account never registered in the role.
  static Optional<ServiceAccount> of(ReturnWords words) {
    boolean registered = words.has(8) && words.number(6) > 0;
    return registered && words.amount(0).compareTo(words.amount(1)) >= 0
        ? Optional.of(
            new ServiceAccount(
                words.amount(0),
                words.amount(1),
                words.amount(2),
                words.number(3),
                words.number(4),
                words.number(5),
                words.number(6),
                words.number(7),
                words.number(8)))
        : Optional.empty();
  }
}
