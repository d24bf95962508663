// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// The layout of one file of the write-ahead log: a header, then frames. A frame has a checksum
/// over its own header, so that its length can be believed, and one over its payload. Both begin
/// with the file's random salt: payloads hold strangers' transactions, and nobody can forge a frame
/// inside of one. Protocol §8.3.2.
///
/// @param number of the file, from 1 on
/// @param genesisHash the network
/// @param firstSequence sequence of the first frame
/// @param salt 16 random bytes
record LogSegment(long number, Hash genesisHash, long firstSequence, Bytes salt) {
  static final int SALT_BYTES = 16;
  static final int CHECK_BYTES = 16;

  /// Magic, number, genesis hash, first sequence, salt, checksum.
  static final int HEADER_BYTES = 8 + 8 + Hash.BYTES + 8 + SALT_BYTES + CHECK_BYTES;

  /// Length, sequence, checksum of the two.
  static final int FRAME_HEADER_BYTES = 4 + 8 + CHECK_BYTES;

  /// What a frame has beside its payload.
  static final int FRAME_EXTRA_BYTES = FRAME_HEADER_BYTES + CHECK_BYTES;

  /// Greatest payload: a content's transactions (8 MiB) and as much again for what stands around
  /// them.
  static final int PAYLOAD_BYTES_MAX = 1 << 24;

  private static final byte[] MAGIC = "AITBCWL1".getBytes(StandardCharsets.US_ASCII);
  private static final String PREFIX = "log-";

  /// The name of file `number`; names ascend with numbers.
  static String name(long number) {
    return PREFIX + HexFormat.of().toHexDigits(number);
  }

  /// The number in a name; empty if it is no file of a log.
  static Optional<Long> numberOf(String name) {
    if (!name.matches(PREFIX + "[0-9a-f]{16}")) {
      return Optional.empty();
    }
    return Optional.of(HexFormat.fromHexDigitsToLong(name, PREFIX.length(), name.length()));
  }

  byte[] header() {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.put(MAGIC).putLong(number).put(genesisHash.toArray()).putLong(firstSequence);
    header.put(salt.toArray());
    byte[] bytes = header.array();
    header.put(check(bytes, 0, HEADER_BYTES - CHECK_BYTES));
    return bytes;
  }

  /// The header at the beginning of `file`; empty if there is none.
  static Optional<LogSegment> read(byte[] file) {
    if (file.length < HEADER_BYTES
        || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || !matches(file, 0, HEADER_BYTES - CHECK_BYTES)) {
      return Optional.empty();
    }
    ByteBuffer header = ByteBuffer.wrap(file, MAGIC.length, HEADER_BYTES - MAGIC.length);
    long number = header.getLong();
    byte[] genesis = new byte[Hash.BYTES];
    header.get(genesis);
    long firstSequence = header.getLong();
    byte[] salt = new byte[SALT_BYTES];
    header.get(salt);
    return Optional.of(new LogSegment(number, Hash.of(genesis), firstSequence, Bytes.wrap(salt)));
  }

  byte[] frame(long sequence, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_EXTRA_BYTES + payload.length);
    frame.putInt(payload.length).putLong(sequence);
    frame.put(headerCheck(payload.length, sequence));
    frame.put(payload).put(payloadCheck(sequence, payload, 0, payload.length));
    return frame.array();
  }

  /// Whether a frame's header stands at `offset`, whatever follows.
  boolean isFrameHeader(byte[] file, int offset) {
    if (file.length - offset < FRAME_HEADER_BYTES) {
      return false;
    }
    ByteBuffer header = ByteBuffer.wrap(file, offset, FRAME_HEADER_BYTES);
    byte[] expected = headerCheck(header.getInt(), header.getLong());
    return Arrays.equals(file, offset + 12, offset + FRAME_HEADER_BYTES, expected, 0, CHECK_BYTES);
  }

  /// The payload of the frame at `offset`; empty unless it is all there and undamaged.
  Optional<byte[]> payload(byte[] file, int offset) {
    if (!isFrameHeader(file, offset)) {
      return Optional.empty();
    }
    int length = lengthAt(file, offset);
    if (length < 0
        || length > PAYLOAD_BYTES_MAX
        || length > file.length - offset - FRAME_EXTRA_BYTES) {
      return Optional.empty();
    }
    int start = offset + FRAME_HEADER_BYTES;
    byte[] expected = payloadCheck(sequenceAt(file, offset), file, start, length);
    boolean whole =
        Arrays.equals(file, start + length, start + length + CHECK_BYTES, expected, 0, CHECK_BYTES);
    return whole ? Optional.of(Arrays.copyOfRange(file, start, start + length)) : Optional.empty();
  }

  static int lengthAt(byte[] file, int offset) {
    return ByteBuffer.wrap(file).getInt(offset);
  }

  static long sequenceAt(byte[] file, int offset) {
    return ByteBuffer.wrap(file).getLong(offset + 4);
  }

  private byte[] headerCheck(int length, long sequence) {
    ByteBuffer material = ByteBuffer.allocate(SALT_BYTES + 12);
    material.put(salt.toArray()).putInt(length).putLong(sequence);
    return check(material.array(), 0, material.capacity());
  }

  private byte[] payloadCheck(long sequence, byte[] bytes, int offset, int length) {
    ByteBuffer material = ByteBuffer.allocate(SALT_BYTES + 8 + length);
    material.put(salt.toArray()).putLong(sequence).put(bytes, offset, length);
    return check(material.array(), 0, material.capacity());
  }

  private static byte[] check(byte[] bytes, int offset, int length) {
    return Arrays.copyOf(Sha256.hash(bytes, offset, length).toArray(), CHECK_BYTES);
  }

  private static boolean matches(byte[] file, int offset, int length) {
    byte[] expected = check(file, offset, length);
    return Arrays.equals(
        file, offset + length, offset + length + CHECK_BYTES, expected, 0, CHECK_BYTES);
  }
}
