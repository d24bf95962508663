// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Encodable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// How requests and replies lie on a connection between a node and its signer: each behind its
/// length in four bytes. Protocol §8.3.3.
public final class SignerFrames {
  /// Most bytes of a request or reply. The longest, a refusal with two ballots or the whole record,
  /// have less than 320.
  public static final int BYTES_MAX = 1_024;

  private SignerFrames() {}

  /// Sends `message` at once.
  public static void write(OutputStream out, Encodable message) throws IOException {
    byte[] encoding = message.encoded().toArray();
    ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + encoding.length);
    out.write(frame.putInt(encoding.length).put(encoding).array());
    out.flush();
  }

  /// Waits for the next message; empty when the other side has closed instead.
  ///
  /// @throws ProtocolException if it is longer than {@link #BYTES_MAX}
  /// @throws EOFException if it is cut off
  public static Optional<Bytes> read(InputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      return Optional.empty();
    }
    DataInputStream data = new DataInputStream(in);
    int length = first << 24 | data.readUnsignedByte() << 16 | data.readUnsignedShort();
    if (length < 0 || length > BYTES_MAX) {
      throw new ProtocolException("a message of " + Integer.toUnsignedLong(length) + " bytes");
    }
    byte[] encoding = new byte[length];
    data.readFully(encoding);
    return Optional.of(Bytes.wrap(encoding));
  }
}
