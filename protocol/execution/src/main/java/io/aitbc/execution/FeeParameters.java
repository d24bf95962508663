// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Encodable;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.UInt256;

/// How the base fee moves and who gets the fees. Set in genesis. Protocol §14.4.
///
/// @param baseFeeMin least base fee, per unit of gas
/// @param baseFeeMax greatest base fee; equal to `baseFeeMin` it pins the base fee
/// @param inertiaGas gas above or below the target, over any number of blocks, in which the base
///   fee would change by its own size; above 0
/// @param treasury who gets the treasury's part of the base fees
/// @param treasuryMillionths that part
/// @param makerMillionths the part of the base fees that the maker of the content gets, besides all
///   priority fees; what neither gets is burned
public record FeeParameters(
    Amount baseFeeMin,
    Amount baseFeeMax,
    long inertiaGas,
    Address treasury,
    int treasuryMillionths,
    int makerMillionths)
    implements Encodable {
  /// All of the base fees.
  public static final int MILLIONTHS = 1_000_000;

  /// From 0 up, no treasury, all base fees burned. Blocks full at 250 million gas a second for 12 s
  /// are 1.5 x 10^9 gas above the target and move the base fee by an eighth, as on Ethereum.
  public static final FeeParameters DEFAULT =
      new FeeParameters(
          Amount.ZERO, Amount.aitbc(1).times(1_000_000_000), 12_000_000_000L, Address.ZERO, 0, 0);

  /// @throws IllegalArgumentException if a value is out of range
  public FeeParameters {
    if (baseFeeMin.compareTo(baseFeeMax) > 0
        || inertiaGas <= 0
        || treasuryMillionths < 0
        || makerMillionths < 0
        || treasuryMillionths > MILLIONTHS - makerMillionths) {
      throw new IllegalArgumentException(
          "base fee from %s to %s, inertia %d, parts %d and %d"
              .formatted(baseFeeMin, baseFeeMax, inertiaGas, treasuryMillionths, makerMillionths));
    }
  }

  /// The base fee of the child of `parent`: higher if the parent used more than half of its gas
  /// limit, lower if it used less. EIP-1559 with a step that does not depend on the time between
  /// blocks.
  public Amount nextBaseFee(BlockHeader parent) {
    long target = parent.gasLimit() / 2; // rounded down
    long above = parent.gasUsed() - target;
    Amount baseFee = parent.baseFeePerGas();
    UInt256 change =
        baseFee.times(Math.abs(above)).wei().dividedBy(UInt256.of(inertiaGas)); // rounded down
    if (above > 0) {
      Amount step = change.isZero() ? Amount.wei(1) : new Amount(change);
      baseFee = baseFee.plus(step);
    } else {
      baseFee = baseFee.minus(new Amount(change.min(baseFee.wei())));
    }
    return baseFee.compareTo(baseFeeMin) < 0 ? baseFeeMin : baseFee.min(baseFeeMax);
  }

  /// Who gets what of a block's fees.
  ///
  /// @param maker all priority fees and the maker's part of the base fees
  /// @param treasury the treasury's part
  /// @param burned the rest
  public record Shares(Amount maker, Amount treasury, Amount burned) {}

  /// The shares of `baseFees` and `priorityFees`. Parts are rounded down; what rounding leaves is
  /// burned.
  public Shares shares(Amount baseFees, Amount priorityFees) {
    Amount treasuryPart = part(baseFees, treasuryMillionths);
    Amount makerPart = part(baseFees, makerMillionths);
    return new Shares(
        priorityFees.plus(makerPart), treasuryPart, baseFees.minus(treasuryPart).minus(makerPart));
  }

  private static Amount part(Amount fees, int millionths) {
    return new Amount(fees.times(millionths).wei().dividedBy(UInt256.of(MILLIONTHS)));
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().amount(baseFeeMin).amount(baseFeeMax).number(inertiaGas);
    writer.address(treasury).number(treasuryMillionths).number(makerMillionths).end();
  }
}
