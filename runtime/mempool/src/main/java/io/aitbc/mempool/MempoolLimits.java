// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.model.Amount;

/// The bounds of a pool.
///
/// @param countMax transactions in the pool
/// @param bytesMax bytes of all their encodings
/// @param perSenderMax transactions of one sender
/// @param aheadMax how far a nonce may be ahead of the sender's next
/// @param leastFeePerGas what a transaction must offer at least per unit of gas
public record MempoolLimits(
    int countMax, long bytesMax, int perSenderMax, int aheadMax, Amount leastFeePerGas) {
  /// 100,000 transactions are 40 s of load at 2,500 a second; 64 MiB hold them at 640 bytes each.
  public static final MempoolLimits DEFAULT =
      new MempoolLimits(100_000, 64L << 20, 1_024, 1_024, Amount.ZERO);

  /// The same bounds with another least fee.
  public MempoolLimits asking(Amount leastFee) {
    return new MempoolLimits(countMax, bytesMax, perSenderMax, aheadMax, leastFee);
  }

  /// @throws IllegalArgumentException if a bound is not positive
  public MempoolLimits {
    if (countMax < 1 || bytesMax < 1 || perSenderMax < 1 || aheadMax < 1) {
      throw new IllegalArgumentException(
          "bounds must be positive: "
              + countMax
              + ", "
              + bytesMax
              + ", "
              + perSenderMax
              + ", "
              + aheadMax);
    }
  }
}
