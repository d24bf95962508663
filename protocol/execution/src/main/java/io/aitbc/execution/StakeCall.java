// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.UInt256;

/// What owners of stake send to get it out of a pool or into another one. How it gets in is in
/// {@link EconomyCall}. Protocol §16.4, §16.6.
public final class StakeCall {
  private StakeCall() {}

  /// Takes the sender's shares out of a pool, into a lot.
  public static EconomyCall undelegate(Address pool, UInt256 shares) {
    return of(CallData.of("undelegate(address,uint128)").address(pool).number(shares));
  }

  /// Takes a lot that stands in a pool out of it.
  public static EconomyCall undelegateLot(long lot) {
    return of(CallData.of("undelegateLot(uint256)").number(lot));
  }

  /// Moves the sender's shares to another pool, as a lot there.
  public static EconomyCall redelegate(Address from, Address to, UInt256 shares) {
    return of(
        CallData.of("redelegate(address,address,uint128)")
            .address(from)
            .address(to)
            .number(shares));
  }

  /// Joins a lot that stands in a pool with the sender's other shares of it.
  public static EconomyCall merge(long lot) {
    return of(CallData.of("merge(uint256)").number(lot));
  }

  /// Pays out a lot whose time is over.
  public static EconomyCall withdraw(long lot) {
    return of(CallData.of("withdraw(uint256)").number(lot));
  }

  private static EconomyCall of(CallData data) {
    return EconomyCall.of(EconomyContract.STAKE_MANAGER, data);
  }
}
