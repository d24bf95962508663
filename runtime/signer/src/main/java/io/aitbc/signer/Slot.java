// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SigningRecord;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import io.aitbc.model.Encodable;
import io.aitbc.model.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What a slot of 512 bytes holds. Protocol §8.3.1.
sealed interface Slot {
  /// Only zeros: never written.
  record Blank() implements Slot {}

  /// A torn write, or damage.
  record Broken() implements Slot {}

  /// A record.
  ///
  /// @param sequence how many records were written with it, from 1 on; even ones stand in slot 0
  record Whole(long sequence, BlsPublicKey key, HostMark host, SigningRecord record)
      implements Slot {
    /// The 512 bytes.
    byte[] encoded() {
      Bytes encoding = SigningRecordCodec.encode(record);
      ByteBuffer slot = ByteBuffer.allocate(SlotMedium.SLOT_BYTES);
      slot.put(MAGIC).putLong(sequence).put(key.bytes().toArray()).put(host.hash().toArray());
      slot.putShort((short) encoding.length()).put(encoding.toArray());
      byte[] bytes = slot.array();
      Sha256.hash(bytes, 0, CHECKED_BYTES).copyTo(bytes, CHECKED_BYTES);
      return bytes;
    }
  }

  /// What every slot begins with; the last digit is the version of the layout.
  byte[] MAGIC = "AITBCSR1".getBytes(StandardCharsets.US_ASCII);

  /// Bytes before the checksum.
  int CHECKED_BYTES = SlotMedium.SLOT_BYTES - Hash.BYTES;

  /// Reads slot `index`.
  static Slot decode(int index, byte[] bytes) {
    if (Arrays.equals(bytes, new byte[SlotMedium.SLOT_BYTES])) {
      return new Blank();
    }
    if (bytes.length != SlotMedium.SLOT_BYTES
        || !Sha256.hash(bytes, 0, CHECKED_BYTES).equals(Hash.of(bytes, CHECKED_BYTES))
        || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return new Broken();
    }
    ByteBuffer slot = ByteBuffer.wrap(bytes, MAGIC.length, CHECKED_BYTES - MAGIC.length);
    long sequence = slot.getLong();
    byte[] key = new byte[BlsPublicKey.BYTES];
    slot.get(key);
    byte[] host = new byte[Hash.BYTES];
    slot.get(host);
    int length = slot.getShort();
    if (sequence < 1 || (sequence & 1) != index || length < 0 || length > slot.remaining()) {
      return new Broken();
    }
    byte[] encoding = new byte[length];
    slot.get(encoding);
    try {
      Whole whole =
          new Whole(
              sequence,
              new BlsPublicKey(Bytes.wrap(key)),
              new HostMark(Hash.of(host)),
              Encodable.decode(Bytes.wrap(encoding), SigningRecordCodec::read));
      return Arrays.equals(whole.encoded(), bytes) ? whole : new Broken();
    } catch (MalformedException damaged) {
      return new Broken();
    }
  }
}
