// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;

/// What an owner has in a candidate's pool. Protocol §16.4, §16.8.
///
/// @param shares of the pool, redelegated lots included
/// @param stake what they are worth
/// @param earned rewards that it may claim, its commission included
public record PoolAccount(UInt256 shares, Amount stake, Amount earned) {
  static PoolAccount of(EconomyView view, Address pool, Address owner) {
    ReturnWords shares =
        new ReturnWords(
            view.read(
                EconomyContract.STAKE_MANAGER,
                CallData.of("sharesOf(address,address)").address(pool).address(owner)));
    ReturnWords all =
        new ReturnWords(
            view.read(EconomyContract.STAKE_MANAGER, CallData.of("poolOf(address)").address(pool)));
    ReturnWords earned =
        new ReturnWords(
            view.read(
                EconomyContract.REWARDS,
                CallData.of("earned(address,address)").address(pool).address(owner)));
    UInt256 held = shares.word(0);
    UInt256 issued = all.word(1);
    UInt256 stake =
        all.word(0)
            .timesIfFits(held)
            .filter(_ -> !issued.isZero())
            .map(product -> product.dividedBy(issued)) // Rounded down.
            .orElse(UInt256.ZERO);
    return new PoolAccount(held, new Amount(stake), earned.amount(0));
  }
}
