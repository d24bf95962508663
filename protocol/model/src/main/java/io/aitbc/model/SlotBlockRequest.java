// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;

/// Asks for a block of a network without votes; the answer is a {@link SlotBlock}, or nothing.
/// Protocol §10.4.
///
/// @param blockHash the block
public record SlotBlockRequest(Hash blockHash) implements PeerMessage {
  @Override
  public FrameType frameType() {
    return FrameType.SLOT_BLOCK_REQUEST;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().hash(blockHash).end();
  }

  static SlotBlockRequest readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    SlotBlockRequest request = new SlotBlockRequest(fields.hash());
    fields.finish();
    return request;
  }
}
