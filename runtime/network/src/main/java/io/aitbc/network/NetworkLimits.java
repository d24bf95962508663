// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.time.Duration;

/// How much one node gives its peers. Every bound has a default that suits a public network; a
/// network on one machine, where all peers share one address, raises those that count by address
/// block. Protocol §15.4.
///
/// @param unreservedPeersMax peers that are neither named by the operator nor validators; those
///   have places of their own
/// @param peersPerBlockMax connections of one address block, handshakes included
/// @param handshakesMax connections that have not said hello yet
/// @param dialledPeersTarget peers that this node dials out of its address book when fewer are
///   connected
/// @param attemptsPerSecond connections that one address block may open per second
/// @param attemptsBurst connections that it may open at once
/// @param peerBytesPerSecond bytes that are read from one peer per second
/// @param peerMessagesPerSecond messages that are read from one peer per second
/// @param blockBytesPerSecond bytes that are read from one address block per second
/// @param blockMessagesPerSecond messages that are read from one address block per second
/// @param stallMax how long a peer may read nothing while something waits for it
/// @param frameMax how long a frame may be incomplete
/// @param helloMax how long a connection may take until both hellos are there
/// @param silenceMax how long a peer may say nothing; half of it later it is asked
public record NetworkLimits(
    int unreservedPeersMax,
    int peersPerBlockMax,
    int handshakesMax,
    int dialledPeersTarget,
    int attemptsPerSecond,
    int attemptsBurst,
    long peerBytesPerSecond,
    long peerMessagesPerSecond,
    long blockBytesPerSecond,
    long blockMessagesPerSecond,
    Duration stallMax,
    Duration frameMax,
    Duration helloMax,
    Duration silenceMax) {
  /// For a public network. A quarter of 1 Gbit/s for one peer lets a node catch up quickly and
  /// leaves room for the others; 10,000 messages a second are the votes of 1,000 validators in five
  /// rounds a second.
  public static final NetworkLimits PUBLIC =
      new NetworkLimits(
          64,
          8,
          64,
          16,
          5,
          20,
          32L << 20,
          10_000,
          64L << 20,
          20_000,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(8),
          Duration.ofSeconds(20));

  /// For a network whose nodes share one machine: what counts by address block is lifted to what a
  /// hundred such nodes need.
  public static final NetworkLimits ONE_MACHINE =
      new NetworkLimits(
          128,
          1_024,
          512,
          16,
          1_000,
          5_000,
          32L << 20,
          10_000,
          1L << 32,
          1_000_000,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(8),
          Duration.ofSeconds(20));

  /// @throws IllegalArgumentException if a bound is not positive
  public NetworkLimits {
    if (Math.min(Math.min(unreservedPeersMax, peersPerBlockMax), handshakesMax) < 1
        || dialledPeersTarget < 0
        || Math.min(attemptsPerSecond, attemptsBurst) < 1
        || Math.min(peerBytesPerSecond, peerMessagesPerSecond) < 1
        || Math.min(blockBytesPerSecond, blockMessagesPerSecond) < 1
        || !stallMax.isPositive()
        || !frameMax.isPositive()
        || !helloMax.isPositive()
        || !silenceMax.isPositive()) {
      throw new IllegalArgumentException("every bound is positive");
    }
  }
}
