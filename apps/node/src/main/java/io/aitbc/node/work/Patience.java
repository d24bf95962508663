// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.execution.ClaimId;
import java.util.Set;
import java.util.TreeMap;

/// How long an auditor waits for a worker that does not serve before it demands on the chain: some
/// blocks and some seconds of the chain's time, as FAST has ten blocks in a second and SECURE one
/// in two; never so long that a demand would come too late. Belongs to one thread. Protocol §17.14.
final class Patience {
  /// Blocks for which a worker may fail to serve.
  static final int BLOCKS = 5;

  /// Seconds of active time for which it may.
  static final int SECONDS = 5;

  /// At most one part in so many of what is left until demands are too late.
  private static final int PART = 4;

  /// One part in so many of a time that is left when who is not served says so: it takes blocks
  /// until that is on the chain.
  static final int LAST_PART = 4;

  private final TreeMap<ClaimId, Clocks> ends = new TreeMap<>(OpenJobs.ORDER);

  /// The two clocks of deadlines. Protocol §17.12.
  ///
  /// @param height blocks
  /// @param seconds of active time
  record Clocks(long height, long seconds) {
    /// Whether a time that ends then is over: it is when both clocks have come to it.
    boolean haveReached(Clocks end) {
      return height >= end.height && seconds >= end.seconds;
    }

    /// Whether the last part of a time that ends then has begun, by both clocks.
    ///
    /// @param blocks how long the time is
    /// @param time the same in seconds
    boolean haveReachedLastPart(Clocks end, long blocks, long time) {
      return haveReached(end.before(LAST_PART, blocks, time));
    }

    /// When one part in so many is left of a time that ends at these clocks.
    ///
    /// @param blocks how long the time is
    /// @param time the same in seconds
    Clocks before(int parts, long blocks, long time) {
      return new Clocks(height - blocks / parts, seconds - time / parts);
    }
  }

  /// Whether it has waited long enough for a claim that is not served now.
  ///
  /// @param last when a demand is still in time
  boolean isOver(ClaimId claim, Clocks now, Clocks last) {
    Clocks end =
        ends.computeIfAbsent(
            claim,
            _ ->
                new Clocks(
                    end(now.height, BLOCKS, last.height), end(now.seconds, SECONDS, last.seconds)));
    return now.haveReached(end);
  }

  private static long end(long now, long most, long last) {
    return now + Math.min(most, Math.max(0, last - now) / PART);
  }

  /// The claim is served: should it stop, that is waited for anew.
  void served(ClaimId claim) {
    Clocks _ = ends.remove(claim);
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) {
    boolean _ = ends.keySet().retainAll(claims);
  }
}
