// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;

/// A staker's signature on a final block in FAST, where stakers do not vote on each block. Protocol
/// §3.2, §11.6.
///
/// @param height the block's height, a multiple of {@link #INTERVAL_BLOCKS}
/// @param blockHash the block
/// @param staker the account of the staker
/// @param signature over {@link #message}
public record Anchor(Height height, Hash blockHash, Address staker, BlsSignature signature)
    implements ConsensusMessage, Testimony {
  /// Blocks from one anchored height to the next.
  public static final int INTERVAL_BLOCKS = 20;

  /// @throws IllegalArgumentException if no block of this height is anchored
  public Anchor {
    if (!isAnchored(height)) {
      throw new IllegalArgumentException("no anchors at " + height);
    }
  }

  /// Whether blocks of `height` are anchored when the mode is FAST.
  public static boolean isAnchored(Height height) {
    return height.number() > 0 && height.number() % INTERVAL_BLOCKS == 0;
  }

  /// What a staker's key signs, on the network with this genesis block.
  public static ValidatorMessage message(Hash genesisHash, Height height, Hash blockHash) {
    RlpWriter fields = new RlpWriter(48).begin().number(height.number()).hash(blockHash);
    return new ValidatorMessage(
        ValidatorMessage.Purpose.ANCHOR, genesisHash, fields.end().toBytes());
  }

  @Override
  public ValidatorMessage message(Hash genesisHash) {
    return message(genesisHash, height, blockHash);
  }

  @Override
  public FrameType frameType() {
    return FrameType.ANCHOR;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(height.number()).hash(blockHash).address(staker);
    writer.string(signature.bytes()).end();
  }

  /// The anchor at the reader's position.
  public static Anchor readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Height height = Height.readFrom(fields);
    if (!isAnchored(height)) {
      throw fields.refuse("anchored height", height);
    }
    Hash blockHash = fields.hash();
    Address staker = fields.address();
    BlsSignature signature = AggregateSignature.readSignature(fields);
    fields.finish();
    return new Anchor(height, blockHash, staker, signature);
  }
}
