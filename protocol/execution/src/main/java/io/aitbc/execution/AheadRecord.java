// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

/// Whether executing ahead paid lately. Where the transactions of a block all change the same slots
/// most attempts are thrown away, and the work is done twice; then it is left for a while and tried
/// again. No result depends on it. Belongs to one thread.
final class AheadRecord {
  /// Attempts that tell whether others would stand.
  static final int TRIED_MIN = 16;

  /// Lots of transactions that are executed one after the other before it is tried again: a
  /// sixteenth of them ahead in vain costs little.
  static final int LOTS_LEFT = 16;

  private int tried;
  private int stood;
  private int left;

  /// Whether to execute the next lot ahead.
  boolean pays() {
    if (left > 0) {
      left--;
      return false;
    }
    return true;
  }

  /// An attempt's turn came.
  ///
  /// @param stands whether what it read was still so
  void turn(boolean stands) {
    tried++;
    stood += stands ? 1 : 0;
    if (tried >= TRIED_MIN) {
      // With half of them thrown away two threads are done no sooner than one.
      left = 2 * stood < tried ? LOTS_LEFT : 0;
      tried = 0;
      stood = 0;
    }
  }
}
