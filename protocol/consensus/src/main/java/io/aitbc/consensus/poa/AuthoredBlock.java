// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Height;
import io.aitbc.model.RlpWriter;

/// A block that its author signed alone. Protocol §10.4.
///
/// @param height its height
/// @param slot the slot it was made for, from 0 on
/// @param parentHash hash of the block before
/// @param blockHash its own hash; what execution must find
/// @param body what is executed; consensus does not look into it
/// @param signature of the proposer of the slot, over everything but the body
public record AuthoredBlock(
    Height height, long slot, Hash parentHash, Hash blockHash, Bytes body, BlsSignature signature) {
  /// @throws IllegalArgumentException if the slot is negative or the height that of genesis
  public AuthoredBlock {
    if (slot < 0 || height.number() == 0) {
      throw new IllegalArgumentException("slot " + slot + " at height " + height);
    }
  }

  /// What the author signs.
  public ValidatorMessage message(Hash genesisHash) {
    return message(genesisHash, height, slot, parentHash, blockHash);
  }

  /// What the author of such a block signs, on the network with this genesis block.
  public static ValidatorMessage message(
      Hash genesisHash, Height height, long slot, Hash parentHash, Hash blockHash) {
    RlpWriter writer = new RlpWriter(96);
    writer.begin().number(height.number()).number(slot).hash(parentHash).hash(blockHash).end();
    return new ValidatorMessage(
        ValidatorMessage.Purpose.AUTHORED_BLOCK, genesisHash, writer.toBytes());
  }
}
