// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.Optional;

/// Questions about stake in pools and on its way. Protocol §16.2, §16.4, §16.6.
public final class StakeRead {
  private StakeRead() {}

  /// What a pool holds.
  ///
  /// @param tokens its money
  /// @param shares of it
  public record Pool(Amount tokens, UInt256 shares) {
    /// The least shares that are worth an amount; empty if no number of them is.
    public Optional<UInt256> sharesFor(Amount amount) {
      if (tokens.isZero()) {
        return Optional.empty();
      }
      UInt256 least = tokens.wei().minus(UInt256.ONE);
      return amount
          .wei()
          .timesIfFits(shares)
          .flatMap(product -> product.plusIfFits(least)) // Rounded up.
          .map(sum -> sum.dividedBy(tokens.wei()));
    }

    /// What some of its shares are worth, rounded down as when they are taken out.
    public Amount worth(UInt256 some) {
      return shares.isZero()
          ? Amount.ZERO
          : new Amount(
              tokens
                  .wei()
                  .timesIfFits(some)
                  .map(product -> product.dividedBy(shares))
                  .orElse(UInt256.ZERO));
    }
  }

  /// The pool of a candidate, or of who was one.
  public static ContractRead<Pool> pool(Address candidate) {
    return ContractRead.of(
        EconomyContract.STAKE_MANAGER,
        CallData.of("poolOf(address)").address(candidate),
        words ->
            words.has(1)
                ? Optional.of(new Pool(words.amount(0), words.word(1)))
                : Optional.empty());
  }

  /// An owner's shares of a pool, with those of lots that stand in it.
  public static ContractRead<UInt256> shares(Address pool, Address owner) {
    return ContractRead.of(
        EconomyContract.STAKE_MANAGER,
        CallData.of("sharesOf(address,address)").address(pool).address(owner),
        words -> words.has(0) ? Optional.of(words.word(0)) : Optional.empty());
  }

  /// How many lots there were: the number of the latest.
  public static ContractRead<Long> lotCount() {
    return number(EconomyContract.STAKE_MANAGER, CallData.of("lotCount()"));
  }

  /// A lot.
  public static ContractRead<StakeLot> lot(long number) {
    return ContractRead.of(
        EconomyContract.STAKE_MANAGER, CallData.of("lotOf(uint256)").number(number), StakeLot::of);
  }

  /// When a snapshot was taken, active milliseconds; 0 if it was not yet.
  public static ContractRead<Long> snapshotMillis(long number) {
    return number(
        EconomyContract.STAKE_MANAGER, CallData.of("snapshotTime(uint64)").number(number));
  }

  /// The clock of unbonding: active time of the chain, milliseconds.
  public static ContractRead<Long> activeMillis() {
    return number(EconomyContract.BEACON_HISTORY, CallData.of("activeMillis()"));
  }

  private static ContractRead<Long> number(EconomyContract contract, CallData data) {
    return ContractRead.of(
        contract, data, words -> words.has(0) ? Optional.of(words.number(0)) : Optional.empty());
  }
}
