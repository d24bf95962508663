// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;

/// A block of a network without votes, with the signature of its slot's proposer. Sent to everybody
/// by its maker, and to whoever asks. Protocol §10.4.
///
/// @param slot the slot it was made for
/// @param block the encoded block, at most {@link PeerMessage#BLOCKS_BYTES_MAX} bytes; nothing in
///   it was checked
/// @param signature over slot, height, parent hash and block hash
public record SlotBlock(long slot, Bytes block, BlsSignature signature) implements PeerMessage {
  /// @throws IllegalArgumentException if the slot is negative or the block too long
  public SlotBlock {
    if (slot < 0 || block.length() > BLOCKS_BYTES_MAX) {
      throw new IllegalArgumentException(
          "slot " + slot + ", block of " + block.length() + " bytes");
    }
  }

  @Override
  public FrameType frameType() {
    return FrameType.SLOT_BLOCK;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(slot).string(block).string(signature.bytes()).end();
  }

  static SlotBlock readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    SlotBlock block =
        new SlotBlock(
            fields.number(),
            fields.string(0, BLOCKS_BYTES_MAX),
            AggregateSignature.readSignature(fields));
    fields.finish();
    return block;
  }
}
