// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Cuts the decrypted stream into frames: four bytes with the length of the body, one byte with the
/// type, the body. Protocol §15.2.
///
/// Passes on {@link Frame}s and, once, the {@link CloseReason} for which it stops; everything after
/// that is thrown away. A length is judged as soon as it is read: no memory is taken for a frame
/// that is too long for its type, and for others only as bytes arrive.
final class FrameDecoder extends ByteToMessageDecoder {
  /// Bytes before the body.
  static final int HEADER_BYTES = 5;

  /// One frame.
  ///
  /// @param type 0 to 255
  /// @param body the encoding of the message
  record Frame(int type, Bytes body) {}

  /// How long bodies may be.
  @FunctionalInterface
  interface Limits {
    /// Greatest length in bytes of the body of a frame of `type` (0 to 255); empty if there is no
    /// such type.
    OptionalInt bodyBytesMax(int type);
  }

  private Limits limits;
  private boolean refused;
  private int incompleteType = -1;
  private long incompleteSince;

  FrameDecoder(Limits limits) {
    this.limits = limits;
  }

  /// Judges frames from the next on by `others`.
  void limits(Limits others) {
    limits = others;
  }

  /// Since when, by {@link System#nanoTime}, a frame has been incomplete; empty between frames.
  OptionalLong incompleteSince() {
    return incompleteType < 0 ? OptionalLong.empty() : OptionalLong.of(incompleteSince);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (refused) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.readableBytes() < HEADER_BYTES) {
      incomplete(0);
      return;
    }
    long length = in.getUnsignedInt(in.readerIndex());
    int type = in.getUnsignedByte(in.readerIndex() + Integer.BYTES);
    OptionalInt max = limits.bodyBytesMax(type);
    if (max.isEmpty()) {
      refuse(in, out, new CloseReason.UnknownFrameType(type));
    } else if (length > max.getAsInt()) {
      refuse(in, out, new CloseReason.OversizeFrame(type, length, max.getAsInt()));
    } else if (in.readableBytes() < HEADER_BYTES + length) {
      incomplete(type);
    } else {
      incompleteType = -1;
      byte[] body = new byte[(int) length];
      in.skipBytes(HEADER_BYTES).readBytes(body);
      out.add(new Frame(type, Bytes.wrap(body)));
    }
  }

  private void refuse(ByteBuf in, List<Object> out, CloseReason reason) {
    refused = true;
    incompleteType = -1;
    in.skipBytes(in.readableBytes());
    out.add(reason);
  }

  private void incomplete(int type) {
    if (incompleteType < 0) {
      incompleteSince = System.nanoTime();
    }
    incompleteType = type;
  }
}
