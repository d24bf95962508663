// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Malformed;
import java.time.Duration;

/// Why a connection ended. The code is what the other side is told. Protocol §15.1.
public sealed interface CloseReason {
  /// Its number on the wire; 0 for what is not sent.
  int code();

  /// The peer speaks another version of the protocol.
  record WrongProtocolVersion(int expected, int actual) implements CloseReason {
    @Override
    public int code() {
      return 1;
    }
  }

  /// The peer has another chain id.
  record WrongChain(long expected, long actual) implements CloseReason {
    @Override
    public int code() {
      return 2;
    }
  }

  /// The peer's chain begins with another genesis block.
  record WrongGenesis(Hash expected, Hash actual) implements CloseReason {
    @Override
    public int code() {
      return 3;
    }
  }

  /// The node dialled itself.
  record OwnId() implements CloseReason {
    @Override
    public int code() {
      return 4;
    }
  }

  /// Somebody else answered than was dialled.
  record WrongId(PeerId expected, PeerId actual) implements CloseReason {
    @Override
    public int code() {
      return 5;
    }
  }

  /// The two nodes have another connection, which stays.
  record DuplicateConnection() implements CloseReason {
    @Override
    public int code() {
      return 6;
    }
  }

  /// The first frame was no hello, or a later one was.
  ///
  /// @param type the frame's type, 0 to 255
  record UnexpectedFrame(int type) implements CloseReason {
    @Override
    public int code() {
      return 7;
    }
  }

  /// No hello came in time.
  record HandshakeTimeout(Duration limit) implements CloseReason {
    @Override
    public int code() {
      return 8;
    }
  }

  /// A frame announced more than its type may have.
  ///
  /// @param type the frame's type, 0 to 255
  /// @param announced length of the body in bytes, as announced
  /// @param max greatest length in bytes
  record OversizeFrame(int type, long announced, int max) implements CloseReason {
    @Override
    public int code() {
      return 9;
    }
  }

  /// A frame of a type that the protocol does not have.
  ///
  /// @param type the frame's type, 0 to 255
  record UnknownFrameType(int type) implements CloseReason {
    @Override
    public int code() {
      return 10;
    }
  }

  /// A frame whose body is no canonical encoding of its type.
  ///
  /// @param type the frame's type, 0 to 255
  /// @param malformed what was wrong
  record MalformedMessage(int type, Malformed malformed) implements CloseReason {
    @Override
    public int code() {
      return 11;
    }
  }

  /// A frame did not become complete in time.
  record FrameTimeout(Duration limit) implements CloseReason {
    @Override
    public int code() {
      return 12;
    }
  }

  /// The peer does not read: nothing could be written for too long.
  record SlowReader(Duration stalled) implements CloseReason {
    @Override
    public int code() {
      return 13;
    }
  }

  /// The peer reads too slowly: what it cannot do without no longer fits its queue.
  ///
  /// @param traffic the class that overflowed
  /// @param max bytes that may wait
  record QueueOverflow(TrafficClass traffic, int max) implements CloseReason {
    @Override
    public int code() {
      return 14;
    }
  }

  /// Nothing came from the peer for too long.
  record Silent(Duration limit) implements CloseReason {
    @Override
    public int code() {
      return 15;
    }
  }

  /// The node has as many peers as it wants.
  record TooManyPeers(int max) implements CloseReason {
    @Override
    public int code() {
      return 16;
    }
  }

  /// Too many peers in one address block.
  record TooManyInBlock(int max) implements CloseReason {
    @Override
    public int code() {
      return 17;
    }
  }

  /// The peer, or its address block, is banned.
  record Banned(Duration left) implements CloseReason {
    @Override
    public int code() {
      return 18;
    }
  }

  /// This node stops.
  record Shutdown() implements CloseReason {
    @Override
    public int code() {
      return 19;
    }
  }

  /// The peer closed and said why.
  ///
  /// @param code its code; one that this node does not know stays a number
  record ClosedByPeer(int code) implements CloseReason {}

  /// The handshake failed before anybody knew who was there: another TLS version, no certificate or
  /// one of another kind, bytes that are no TLS.
  ///
  /// @param cause what the library said, for the log
  record HandshakeFailed(String cause) implements CloseReason {
    @Override
    public int code() {
      return 0;
    }
  }

  /// The connection broke.
  ///
  /// @param cause what the library said, for the log
  record ConnectionLost(String cause) implements CloseReason {
    @Override
    public int code() {
      return 0;
    }
  }
}
