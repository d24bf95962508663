// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import java.util.List;
import java.util.Optional;

/// Judges a block that others decided against what the chain before it says. Whether executing it
/// gives this header is for execution; that a quorum signed it is decided here. Protocol §10.1.
///
/// @param check judges certificates
/// @param checkpoints blocks that the chain must contain
public record BlockCheck(CertificateCheck check, List<Checkpoint> checkpoints) {
  /// Copies the list.
  public BlockCheck {
    checkpoints = List.copyOf(checkpoints);
  }

  /// Why `block` is not the next one after `parent`; empty if it is and is final.
  ///
  /// @param parent what the chain says after the block before
  /// @param header the header of `block`
  public Optional<BlockRejection> reject(
      DerivedState parent, BlockHeader header, CertifiedBlock block) {
    return rejectPlace(parent, header, block)
        .or(() -> rejectByCheckpoint(block.height(), header.hash()))
        .or(() -> rejectParts(parent, header, block))
        .or(() -> rejectExtension(parent, header, block))
        .or(() ->
            check
                .reject(parent.rules(), block.certificate())
                .map(BlockRejection.BadCertificate::new));
  }

  private static Optional<BlockRejection> rejectPlace(
      DerivedState parent, BlockHeader header, CertifiedBlock block) {
    Height next = parent.nextHeight();
    if (header.number() != next.number() || !block.height().equals(next)) {
      long given = header.number() == next.number() ? block.height().number() : header.number();
      return Optional.of(
          new BlockRejection.NotNext(next, new Height(Math.min(given, Height.NUMBER_MAX))));
    }
    return same(BlockRejection.Part.PARENT, parent.parentHash(), header.parentHash())
        .or(() -> same(BlockRejection.Part.BLOCK, header.hash(), block.certificate().blockHash()));
  }

  /// Whether a checkpoint names another block at that height. Protocol §10.2.
  public Optional<BlockRejection> rejectByCheckpoint(Height height, Hash blockHash) {
    return checkpoints.stream()
        .filter(checkpoint -> checkpoint.contradicts(height, blockHash))
        .findFirst()
        .map(checkpoint -> new BlockRejection.NotOnCheckpoint(checkpoint, blockHash));
  }

  private Optional<BlockRejection> rejectParts(
      DerivedState parent, BlockHeader header, CertifiedBlock block) {
    ConsensusExtension extension = block.extension();
    Hash certificate = block.parentCertificate().map(CommitCertificate::hash).orElse(Hash.ZERO);
    Hash beacon = Beacon.next(parent.beacon(), check.scheme().vrfOutput(extension.vrfProof()));
    boolean named = header.extraData().equals(extension.hash().toBytes());
    Optional<BlockRejection> unnamed =
        named
            ? Optional.empty()
            : Optional.of(
                new BlockRejection.WrongPart(
                    BlockRejection.Part.EXTENSION, Hash.ZERO, extension.hash()));
    return unnamed
        .or(() ->
            same(
                BlockRejection.Part.PARENT_CERTIFICATE,
                header.parentBeaconBlockRoot(),
                certificate))
        .or(() ->
            same(BlockRejection.Part.CARRIED, extension.carriedHash(), block.carried().hash()))
        .or(() -> same(BlockRejection.Part.BEACON, header.mixHash(), beacon));
  }

  private static Optional<BlockRejection> same(
      BlockRejection.Part part, Hash expected, Hash given) {
    return expected.equals(given)
        ? Optional.empty()
        : Optional.of(new BlockRejection.WrongPart(part, expected, given));
  }

  private static Optional<BlockRejection> rejectExtension(
      DerivedState parent, BlockHeader header, CertifiedBlock block) {
    ConsensusExtension given = block.extension();
    ConsensusExtension expected = parent.extension(given);
    if (!given.equals(expected)) {
      return Optional.of(new BlockRejection.WrongExtension(expected, given));
    }
    Address proposer = parent.proposer(given.round()).account();
    if (!proposer.equals(given.proposer()) || !proposer.equals(header.beneficiary())) {
      Address other = proposer.equals(given.proposer()) ? header.beneficiary() : given.proposer();
      return Optional.of(new BlockRejection.WrongProposer(given.round(), proposer, other));
    }
    boolean timely =
        given.timestampMillis() >= parent.parentTimestampMillis()
            && header.timestampSeconds() == given.timestampMillis() / 1_000;
    return timely
        ? Optional.empty()
        : Optional.of(
            new BlockRejection.WrongTime(parent.parentTimestampMillis(), given.timestampMillis()));
  }
}
