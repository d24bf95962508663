// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.execution.ClaimId;
import java.time.Duration;

/// What a gateway's operator chooses.
///
/// @param batchItems items with which a claim is ordered at once, 1 to 4,096; also the most of a
///   request
/// @param waitMax how long the first request of a claim waits for others
/// @param timeMax how long a request waits for its outputs
/// @param workSeconds a worker's time from acceptance to commitment, active time
/// @param workBlocks the same in blocks
public record GatewayLimits(
    int batchItems, Duration waitMax, Duration timeMax, long workSeconds, long workBlocks) {
  /// Longest wait for outputs: connections are held meanwhile.
  public static final Duration TIME_MAX = Duration.ofHours(1);

  /// Checks the bounds.
  ///
  /// @throws IllegalArgumentException if one is out of its bounds
  public GatewayLimits {
    if (batchItems < 1 || batchItems > ClaimId.ITEMS_MAX) {
      throw new IllegalArgumentException("items of a claim out of range: " + batchItems);
    }
    if (waitMax.isNegative() || timeMax.compareTo(waitMax) <= 0) {
      throw new IllegalArgumentException("the time for outputs must be longer than the wait");
    }
    if (timeMax.compareTo(TIME_MAX) > 0) {
      throw new IllegalArgumentException("the time for outputs is longer than " + TIME_MAX);
    }
    if (workSeconds < 1 || workBlocks < 1) {
      throw new IllegalArgumentException("a worker needs time");
    }
  }
}
