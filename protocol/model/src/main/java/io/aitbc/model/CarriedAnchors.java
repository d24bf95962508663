// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;

/// Anchors of several stakers on one block, carried by a block after it. Protocol §3.2, Protocol
/// §11.6.
///
/// @param height the anchored height, a multiple of {@link Anchor#INTERVAL_BLOCKS}
/// @param blockHash the final block of that height
/// @param aggregate whose anchors they are
public record CarriedAnchors(Height height, Hash blockHash, AggregateSignature aggregate)
    implements Encodable {
  /// An anchor counts if one of so many blocks after its own brings it: until the next block is
  /// anchored, so that far stakers are in time.
  public static final int BLOCKS_MAX = Anchor.INTERVAL_BLOCKS;

  /// @throws IllegalArgumentException if no block of this height is anchored
  public CarriedAnchors {
    if (!Anchor.isAnchored(height)) {
      throw new IllegalArgumentException("no anchors at " + height);
    }
  }

  /// What was signed.
  public ValidatorMessage message(Hash genesisHash) {
    return Anchor.message(genesisHash, height, blockHash);
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(height.number()).hash(blockHash);
    aggregate.writeTo(writer);
    writer.end();
  }

  /// The anchors at the reader's position.
  public static CarriedAnchors readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Height height = Height.readFrom(fields);
    if (!Anchor.isAnchored(height)) {
      throw fields.refuse("anchored height", height);
    }
    Hash blockHash = fields.hash();
    AggregateSignature aggregate = AggregateSignature.readFrom(fields);
    fields.finish();
    return new CarriedAnchors(height, blockHash, aggregate);
  }
}
