// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

/// What competes for one connection. A class never waits behind one that stands after it here,
/// except that transactions and sync share what the first two leave. Protocol §15.2.
public enum TrafficClass {
  /// Votes, round-changes, certificates, anchors, and the few bytes that keep a connection. 1 MiB
  /// is about 4,000 votes, more than a network of 1,000 validators sends in two rounds.
  VOTES(1 << 20, 1 << 20, Overflow.CLOSE),
  /// Proposals and the transactions that are missing for one: what a round waits for. 9 MiB is room
  /// for two of the largest frames; whoever sends more has to wait.
  PROPOSALS(9 << 20, 9 << 19, Overflow.REFUSE),
  /// Announcements of transactions and their bytes. What does not fit is dropped: other peers have
  /// it, and whoever lacks a transaction of a proposal asks for it. 5 MiB is room for the largest
  /// frame.
  TRANSACTIONS(5 << 20, 19 << 18, Overflow.DROP),
  /// Blocks, snapshots, peer exchange. 9 MiB is room for two of the largest frames; whoever sends
  /// more has to wait.
  SYNC(9 << 20, 9 << 19, Overflow.REFUSE);

  /// What happens to a frame that its queue has no room for.
  enum Overflow {
    /// The peer does not read what it cannot do without: the connection ends.
    CLOSE,
    /// The frame is lost, counted, and nobody is told.
    DROP,
    /// The sender is told and may try again.
    REFUSE
  }

  private final int queueBytesMax;
  private final int busyBytes;
  private final Overflow overflow;

  TrafficClass(int queueBytesMax, int busyBytes, Overflow overflow) {
    this.queueBytesMax = queueBytesMax;
    this.busyBytes = busyBytes;
    this.overflow = overflow;
  }

  /// Bytes that may wait for one peer.
  public int queueBytesMax() {
    return queueBytesMax;
  }

  /// Bytes that wait for one peer beyond which nothing is made for it alone: of what leaves one by
  /// one, room for one of the largest frames is left; of transactions, for an answer.
  int busyBytes() {
    return busyBytes;
  }

  Overflow overflow() {
    return overflow;
  }
}
