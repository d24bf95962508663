// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Frames that wait for one peer, a bounded queue for each {@link TrafficClass}. Protocol §15.2.
///
/// Any thread may offer; the connection's thread polls. The lock is held for a few instructions.
final class OutboundQueues {
  private final Map<TrafficClass, Queue<OutboundFrame>> queues = new EnumMap<>(TrafficClass.class);
  private final Map<TrafficClass, Integer> bytes = new EnumMap<>(TrafficClass.class);

  /// Bytes of sync taken beyond those of transactions, or the other way round: whoever has had less
  /// is next.
  private long syncLead;

  private boolean closed;

  OutboundQueues() {
    for (TrafficClass each : TrafficClass.values()) {
      queues.put(each, new ArrayDeque<>());
      bytes.put(each, 0);
    }
  }

  /// Appends a frame to the queue of its class.
  ///
  /// @return whether there was room for it
  synchronized boolean offer(OutboundFrame frame) {
    TrafficClass traffic = frame.traffic();
    int waiting = queued(traffic);
    if (closed || waiting > traffic.queueBytesMax() - frame.length()) {
      return false;
    }
    bytes.put(traffic, waiting + frame.length());
    return queue(traffic).add(frame);
  }

  /// The next frame to be written; null if none waits.
  synchronized @Nullable OutboundFrame poll() {
    if (!queue(TrafficClass.VOTES).isEmpty()) {
      return take(TrafficClass.VOTES);
    }
    if (!queue(TrafficClass.PROPOSALS).isEmpty()) {
      return take(TrafficClass.PROPOSALS);
    }
    boolean transactions = !queue(TrafficClass.TRANSACTIONS).isEmpty();
    boolean sync = !queue(TrafficClass.SYNC).isEmpty();
    if (!transactions || !sync) {
      syncLead = 0;
      return transactions ? take(TrafficClass.TRANSACTIONS) : sync ? take(TrafficClass.SYNC) : null;
    }
    OutboundFrame next = take(syncLead <= 0 ? TrafficClass.SYNC : TrafficClass.TRANSACTIONS);
    syncLead += next.traffic() == TrafficClass.SYNC ? next.length() : -next.length();
    return next;
  }

  /// Whether anything waits.
  synchronized boolean isEmpty() {
    return bytes.values().stream().allMatch(waiting -> waiting == 0);
  }

  /// Bytes that wait in one class.
  synchronized int queuedBytes(TrafficClass traffic) {
    return queued(traffic);
  }

  /// Takes nothing more.
  ///
  /// @return what still waited, most urgent first
  synchronized List<OutboundFrame> close() {
    closed = true;
    List<OutboundFrame> left = new ArrayList<>();
    for (OutboundFrame next = poll(); next != null; next = poll()) {
      left.add(next);
    }
    return left;
  }

  /// Whether nothing is taken any more.
  synchronized boolean isClosed() {
    return closed;
  }

  private Queue<OutboundFrame> queue(TrafficClass traffic) {
    return requireNonNull(queues.get(traffic));
  }

  private int queued(TrafficClass traffic) {
    return requireNonNull(bytes.get(traffic));
  }

  private OutboundFrame take(TrafficClass traffic) {
    OutboundFrame frame = queue(traffic).remove();
    bytes.put(traffic, queued(traffic) - frame.length());
    return frame;
  }
}
