// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.Optional;

/// What the contract Slashing holds of an account that evidence convicted. Until an unbonding time
/// later its penalty may grow by who else is convicted, and what is left of bond and pool is
/// locked. Protocol §16.7.
///
/// @param atMillis when it was convicted, active milliseconds
/// @param classCode bit 0 authority, bit 1 staker
/// @param finished whether the penalty came to its full size
/// @param finishFromMillis from when anybody may bring it there, active milliseconds
/// @param nowMillis active time now
public record Conviction(
    long atMillis, int classCode, boolean finished, long finishFromMillis, long nowMillis) {
  static Optional<Conviction> of(EconomyView view, Address account) {
    ReturnWords words =
        new ReturnWords(
            view.read(
                EconomyContract.SLASHING, CallData.of("convictionOf(address)").address(account)));
    long at = words.number(0);
    if (at == 0) {
      return Optional.empty();
    }
    long unbonding =
        view.parameter(EconomyParameter.UNBONDING)
            .filter(UInt256::fitsLong)
            .map(UInt256::low)
            .orElse(0L);
    long now =
        new ReturnWords(view.read(EconomyContract.BEACON_HISTORY, CallData.of("activeMillis()")))
            .number(0);
    return Optional.of(
        new Conviction(at, (int) words.number(2), words.number(3) != 0, at + unbonding, now));
  }
}
