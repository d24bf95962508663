// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.util.concurrent.atomic.LongAdder;

/// What the network has counted since it started; every number only grows. Any thread may read.
///
/// The node exports them as metrics.
public final class NetworkCounters {
  final LongAdder bytesRead = new LongAdder();
  final LongAdder bytesWritten = new LongAdder();
  final LongAdder messagesRead = new LongAdder();
  final LongAdder messagesWritten = new LongAdder();
  final LongAdder transactionFramesDropped = new LongAdder();
  final LongAdder framesRefused = new LongAdder();
  final LongAdder connectionsOpened = new LongAdder();
  final LongAdder connectionsRefused = new LongAdder();
  final LongAdder handshakesFailed = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder slowReaders = new LongAdder();
  final LongAdder bans = new LongAdder();
  final LongAdder pauses = new LongAdder();

  NetworkCounters() {}

  /// A reading of all counters; they are read one after another.
  ///
  /// @param bytesRead bytes of frames read
  /// @param bytesWritten bytes of frames handed to sockets
  /// @param messagesRead frames read
  /// @param messagesWritten frames handed to sockets
  /// @param transactionFramesDropped frames of transactions that had no room in a queue
  /// @param framesRefused frames of sync that had no room in a queue
  /// @param connectionsOpened connections opened by either side
  /// @param connectionsRefused connections closed before anything was read from them
  /// @param handshakesFailed connections that ended before both hellos
  /// @param malformed connections closed for bytes that are no message
  /// @param slowReaders connections closed because the peer did not read
  /// @param bans bans of peers and address blocks
  /// @param pauses times a socket was not read because a budget was spent
  public record Reading(
      long bytesRead,
      long bytesWritten,
      long messagesRead,
      long messagesWritten,
      long transactionFramesDropped,
      long framesRefused,
      long connectionsOpened,
      long connectionsRefused,
      long handshakesFailed,
      long malformed,
      long slowReaders,
      long bans,
      long pauses) {}

  /// What was counted up to now.
  public Reading read() {
    return new Reading(
        bytesRead.sum(),
        bytesWritten.sum(),
        messagesRead.sum(),
        messagesWritten.sum(),
        transactionFramesDropped.sum(),
        framesRefused.sum(),
        connectionsOpened.sum(),
        connectionsRefused.sum(),
        handshakesFailed.sum(),
        malformed.sum(),
        slowReaders.sum(),
        bans.sum(),
        pauses.sum());
  }
}
