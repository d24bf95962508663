// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.PeerMessage;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Answers to a request for blocks that are not the chain's: made of one that is.
final class FalseBlocks {
  private static final int KINDS = 9;

  private FalseBlocks() {}

  /// The answer with one thing wrong.
  static PeerMessage.Blocks of(Seed seed, PeerMessage.Blocks genuine) {
    if (genuine.blocks().isEmpty()) {
      return genuine;
    }
    List<CertifiedBlock> blocks = new ArrayList<>(genuine.blocks());
    int at = seed.below(blocks.size());
    CertifiedBlock block = blocks.get(at);
    CertifiedBlock another = seed.pick(blocks);
    switch (seed.below(KINDS)) {
      case 0 -> Collections.reverse(blocks);
      case 1 -> blocks.remove(at);
      case 2 -> blocks.add(at, block);
      case 3 -> blocks.set(at, with(block, flipped(seed, block.block()), block.extension()));
      case 4 -> blocks.set(at, with(block, block.block(), otherSet(block.extension())));
      case 5 -> blocks.set(at, with(block, another.block(), block.extension()));
      case 6 -> blocks.set(at, certified(block, block.parentCertificate(), another.certificate()));
      case 7 -> blocks.set(at, certified(block, Optional.empty(), block.certificate()));
      default ->
          blocks.set(
              at,
              certified(
                  block,
                  block.parentCertificate(),
                  (CommitCertificate) Forgeries.bySomeoneElse(seed, block.certificate())));
    }
    return new PeerMessage.Blocks(
        genuine.request(), blocks.subList(0, Math.min(blocks.size(), PeerMessage.BLOCKS_MAX)));
  }

  private static CertifiedBlock with(
      CertifiedBlock block, Bytes encoding, ConsensusExtension extension) {
    return new CertifiedBlock(
        encoding, extension, block.parentCertificate(), block.carried(), block.certificate());
  }

  private static CertifiedBlock certified(
      CertifiedBlock block, Optional<CommitCertificate> parent, CommitCertificate certificate) {
    return new CertifiedBlock(
        block.block(), block.extension(), parent, CarriedSignatures.NONE, certificate);
  }

  private static Bytes flipped(Seed seed, Bytes encoding) {
    byte[] bytes = encoding.toArray();
    bytes[seed.below(bytes.length)] ^= (byte) (1 << seed.below(Byte.SIZE));
    return Bytes.wrap(bytes);
  }

  private static ConsensusExtension otherSet(ConsensusExtension extension) {
    return new ConsensusExtension(
        extension.mode(),
        extension.fallback(),
        extension.oversight(),
        extension.epoch(),
        extension.proposer(),
        extension.round(),
        extension.vrfProof(),
        extension.carriedHash(),
        extension.nextSetHash().equals(extension.setHash()) ? Hash.ZERO : extension.nextSetHash(),
        extension.setHash(),
        extension.derivedStateHash(),
        extension.timestampMillis());
  }
}
