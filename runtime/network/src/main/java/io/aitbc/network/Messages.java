// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.model.FrameType;
import io.aitbc.model.Malformed;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SnapshotMessage;
import java.util.OptionalInt;

/// Messages of model as frames: their types, lengths and classes of traffic. Protocol §15.2.
final class Messages {
  /// What a short string takes beside its bytes: two objects, and a place in a list.
  private static final int STRING_BYTES = 48;

  private Messages() {}

  /// Greatest length in bytes of the body of a frame of `type` (0 to 255); empty if there is no
  /// such type.
  static OptionalInt bodyBytesMax(int type) {
    return FrameType.of(type)
        .map(known -> OptionalInt.of(known.payloadBytesMax()))
        .orElseGet(OptionalInt::empty);
  }

  /// The same for a connection whose peer has not said hello: no other frame has a length yet, so a
  /// stranger cannot make this node wait for, or keep, more than a hello.
  static OptionalInt bodyBytesMaxAtFirst(int type) {
    return mayComeFirst(type) ? bodyBytesMax(type) : OptionalInt.empty();
  }

  /// Whether a frame of `type` may come before the hello: the hello itself, and why there is none.
  static boolean mayComeFirst(int type) {
    return type == FrameType.HELLO.code() || type == FrameType.GOODBYE.code();
  }

  /// The message in a frame.
  static PeerMessage decode(FrameDecoder.Frame frame) throws MalformedException {
    FrameType type =
        FrameType.of(frame.type())
            .orElseThrow(() ->
                new MalformedException(
                    new Malformed.WrongValue(0, "type", Integer.toString(frame.type()))));
    return PeerMessage.decode(type, frame.body());
  }

  /// About what a message that waits takes of the memory, in bytes: more than its frame of `bytes`,
  /// where it may be of thousands of short strings.
  static int weightOf(PeerMessage message, int bytes) {
    int strings =
        switch (message) {
          case PeerMessage.Transactions sent -> sent.bodies().size();
          case PeerMessage.MissingTransactions sent -> sent.bodies().size();
          case SnapshotMessage.Parts sent ->
              sent.parts().stream().mapToInt(Messages::strings).sum();
          default -> 0;
        };
    return Math.max(Inbox.MESSAGE_BYTES_MIN, bytes + strings * STRING_BYTES);
  }

  private static int strings(SnapshotMessage.Part part) {
    return part instanceof SnapshotMessage.Range range ? 3 * range.rows().size() : 1;
  }

  /// The frame of a message.
  static OutboundFrame frame(PeerMessage message) {
    return OutboundFrame.of(trafficOf(message), message.frameType().code(), message.encoded());
  }

  static OutboundFrame goodbye(CloseReason reason) {
    return frame(new PeerMessage.Goodbye(reason.code()));
  }

  static TrafficClass trafficOf(PeerMessage message) {
    return trafficOf(message.frameType());
  }

  static TrafficClass trafficOf(FrameType type) {
    return switch (type) {
      case HELLO,
          GOODBYE,
          STATUS,
          PING,
          PONG,
          VOTE,
          PREPARE_CERTIFICATE,
          COMMIT_CERTIFICATE,
          ROUND_CHANGE,
          ROUND_CHANGE_CERTIFICATE,
          ANCHOR,
          EVIDENCE,
          PROPOSAL_REQUEST,
          CERTIFICATE_REQUEST ->
          TrafficClass.VOTES;
      case PROPOSAL,
          TRANSACTIONS_AHEAD,
          MISSING_TRANSACTIONS_REQUEST,
          MISSING_TRANSACTIONS,
          SLOT_BLOCK,
          SLOT_BLOCK_REQUEST ->
          TrafficClass.PROPOSALS;
      case TRANSACTION_HASHES, TRANSACTIONS_REQUEST, TRANSACTIONS -> TrafficClass.TRANSACTIONS;
      case PEERS_REQUEST,
          PEERS,
          BLOCKS_REQUEST,
          BLOCKS,
          SNAPSHOT_REQUEST,
          SNAPSHOT,
          SNAPSHOT_PARTS_REQUEST,
          SNAPSHOT_PARTS ->
          TrafficClass.SYNC;
    };
  }
}
