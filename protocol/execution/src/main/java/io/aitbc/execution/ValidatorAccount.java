// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import java.util.Optional;

/// What the contracts know of an account as a validator. Protocol §16.5, §16.6, §16.7.
///
/// @param authority in the registry of authorities; empty if it never was
/// @param staker among the candidates by stake; empty if it never was
/// @param conviction by evidence; empty if there is none
public record ValidatorAccount(
    Optional<AuthorityAccount> authority,
    Optional<StakerAccount> staker,
    Optional<Conviction> conviction) {
  static ValidatorAccount of(EconomyView view, Address account) {
    return new ValidatorAccount(
        AuthorityAccount.of(view, account),
        StakerAccount.of(view, account),
        Conviction.of(view, account));
  }
}
