// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.time.Duration;

/// Limits for tests: those of one machine, with single bounds changed.
final class TestLimits {
  private TestLimits() {}

  static NetworkLimits withPeers(int unreserved, int perBlock, int handshakes) {
    NetworkLimits base = NetworkLimits.ONE_MACHINE;
    return new NetworkLimits(
        unreserved,
        perBlock,
        handshakes,
        base.dialledPeersTarget(),
        base.attemptsPerSecond(),
        base.attemptsBurst(),
        base.peerBytesPerSecond(),
        base.peerMessagesPerSecond(),
        base.blockBytesPerSecond(),
        base.blockMessagesPerSecond(),
        base.stallMax(),
        base.frameMax(),
        base.helloMax(),
        base.silenceMax());
  }

  static NetworkLimits withTimes(Duration stall, Duration frame, Duration hello, Duration silence) {
    NetworkLimits base = NetworkLimits.ONE_MACHINE;
    return new NetworkLimits(
        base.unreservedPeersMax(),
        base.peersPerBlockMax(),
        base.handshakesMax(),
        base.dialledPeersTarget(),
        base.attemptsPerSecond(),
        base.attemptsBurst(),
        base.peerBytesPerSecond(),
        base.peerMessagesPerSecond(),
        base.blockBytesPerSecond(),
        base.blockMessagesPerSecond(),
        stall,
        frame,
        hello,
        silence);
  }

  static NetworkLimits withMessagesPerSecond(long messages) {
    NetworkLimits base = NetworkLimits.ONE_MACHINE;
    return new NetworkLimits(
        base.unreservedPeersMax(),
        base.peersPerBlockMax(),
        base.handshakesMax(),
        base.dialledPeersTarget(),
        base.attemptsPerSecond(),
        base.attemptsBurst(),
        base.peerBytesPerSecond(),
        messages,
        base.blockBytesPerSecond(),
        base.blockMessagesPerSecond(),
        base.stallMax(),
        base.frameMax(),
        base.helloMax(),
        base.silenceMax());
  }
}
