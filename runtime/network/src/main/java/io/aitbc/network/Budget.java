// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

/// What a peer may send or try in a second: a rate with a burst on top. Spending is always accepted
/// and may run into debt; the answer is how long to wait until the debt is paid. So a message that
/// has already arrived is never lost, and the next is not read before its time. Protocol §15.4.
///
/// Kept as one number, the instant at which everything spent so far is paid for (the virtual
/// scheduling form of a token bucket).
final class Budget {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /// Greatest rate; keeps the products below in 63 bits.
  static final long PER_SECOND_MAX = 1L << 33;

  /// Longest burst in seconds of the rate.
  private static final int BURST_SECONDS_MAX = 60;

  private final long perSecond;
  private final long burstNanos;
  private long paidAt;

  /// A full budget.
  ///
  /// @param perSecond units that come back in a second, 1 to {@link #PER_SECOND_MAX}
  /// @param burst units that may be spent at once, less than 60 seconds' worth
  /// @param now the present instant in nanoseconds of a clock that only goes forward
  Budget(long perSecond, long burst, long now) {
    if (perSecond < 1
        || perSecond > PER_SECOND_MAX
        || burst < 0
        || burst / perSecond >= BURST_SECONDS_MAX) {
      throw new IllegalArgumentException("no budget: " + perSecond + "/s, burst " + burst);
    }
    this.perSecond = perSecond;
    this.burstNanos = nanosFor(burst);
    this.paidAt = now - burstNanos;
  }

  /// Spends `units` at the instant `now`.
  ///
  /// @return nanoseconds until the budget is out of debt, 0 if it is in none
  synchronized long spend(long units, long now) {
    // Differences, because the clock may pass the largest long.
    if (now - paidAt > burstNanos) {
      paidAt = now - burstNanos;
    }
    paidAt += nanosFor(units);
    return Math.max(0, paidAt - now);
  }

  /// Whether `units` fit in without debt; spends them only then.
  synchronized boolean trySpend(long units, long now) {
    long before = now - paidAt > burstNanos ? now - burstNanos : paidAt;
    long after = before + nanosFor(units);
    if (after - now > 0) {
      return false;
    }
    paidAt = after;
    return true;
  }

  /// Rounded up, so that many small spendings are not free.
  private long nanosFor(long units) {
    long whole = Math.multiplyExact(units / perSecond, NANOS_PER_SECOND);
    long rest = units % perSecond;
    // rest < 2^33, and 2^33 * 10^9 is below 2^63.
    long part = Math.ceilDiv(rest * NANOS_PER_SECOND, perSecond);
    return whole + part;
  }
}
