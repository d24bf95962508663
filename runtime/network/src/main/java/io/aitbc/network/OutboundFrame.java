// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// A frame that is ready to be written, to one peer or to many: the bytes are made once and shared.
/// Protocol §15.2.
final class OutboundFrame {
  private final TrafficClass traffic;
  private final byte[] bytes;

  private OutboundFrame(TrafficClass traffic, byte[] bytes) {
    this.traffic = traffic;
    this.bytes = bytes;
  }

  /// The frame of `type` (0 to 255) with `body`.
  static OutboundFrame of(TrafficClass traffic, int type, Bytes body) {
    int length = body.length();
    byte[] bytes = new byte[FrameDecoder.HEADER_BYTES + length];
    bytes[0] = (byte) (length >>> 24);
    bytes[1] = (byte) (length >>> 16);
    bytes[2] = (byte) (length >>> 8);
    bytes[3] = (byte) length;
    bytes[4] = (byte) type;
    body.copyTo(bytes, FrameDecoder.HEADER_BYTES);
    return new OutboundFrame(traffic, bytes);
  }

  TrafficClass traffic() {
    return traffic;
  }

  /// Length in bytes, header included.
  int length() {
    return bytes.length;
  }

  /// The bytes, without a copy.
  ByteBuf content() {
    return Unpooled.wrappedBuffer(bytes);
  }
}
