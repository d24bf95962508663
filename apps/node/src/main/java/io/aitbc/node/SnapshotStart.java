// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.BlockCheck;
import io.aitbc.consensus.BlockRejection;
import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.MalformedException;
import io.aitbc.model.SnapshotMessage;
import io.aitbc.model.Transaction;
import io.aitbc.state.TrieRoot;
import io.aitbc.storage.SnapshotImport;
import java.util.List;
import java.util.Optional;

/// What begins a snapshot, held against a checkpoint: the checkpoint names the next block, that one
/// the block of the snapshot and what consensus derived from it. Protocol §13.5.
sealed interface SnapshotStart {
  /// It fits.
  record Holds(SnapshotImport.Start start) implements SnapshotStart {}

  /// It does not.
  record Refused(String reason) implements SnapshotStart {}

  /// Judges what a peer says.
  ///
  /// @param beginning derived state after `block`, and headers below
  /// @param block the block of the snapshot
  /// @param next the block of the checkpoint
  static SnapshotStart judge(
      Hash genesisHash,
      Checkpoint checkpoint,
      SignatureScheme scheme,
      SnapshotMessage.Beginning beginning,
      CertifiedBlock block,
      CertifiedBlock next,
      long nowMillis) {
    try {
      Block whole = Block.decode(block.block());
      BlockHeader header = whole.header();
      BlockHeader nextHeader = Block.decode(next.block()).header();
      if (nextHeader.number() != checkpoint.height().number()
          || !nextHeader.hash().equals(checkpoint.blockHash())) {
        return new Refused(
            "block %d %s is not checkpoint %s"
                .formatted(nextHeader.number(), nextHeader.hash(), checkpoint));
      }
      if (!Checkpoint.isYoung(next.extension().timestampMillis(), nowMillis)) {
        return new Refused("checkpoint " + checkpoint + " is older than may be trusted");
      }
      DerivedState derived = DerivedState.decode(beginning.derivedState());
      // Before anything in it is used: no checkpoint vouches for another.
      if (!derived.genesisHash().equals(genesisHash)
          || !nextHeader.extraData().equals(next.extension().hash().toBytes())
          || !next.extension().derivedStateHash().equals(derived.hash())) {
        return new Refused("derived state " + derived.hash() + " is not that of the chain");
      }
      CertificateCheck check = new CertificateCheck(genesisHash, scheme);
      Optional<BlockRejection> rejection =
          new BlockCheck(check, List.of(checkpoint)).reject(derived, nextHeader, next);
      if (rejection.isPresent()) {
        return new Refused(rejection.get().toString());
      }
      return fault(check, derived, header, block)
          .or(() -> fault(whole))
          .or(() -> fault(header, beginning.headers()))
          .<SnapshotStart>map(Refused::new)
          .orElseGet(() ->
              new Holds(
                  new SnapshotImport.Start(
                      block,
                      header,
                      whole.transactions(),
                      beginning.derivedState(),
                      beginning.headers())));
    } catch (MalformedException | IllegalArgumentException malformed) {
      return new Refused(String.valueOf(malformed.getMessage()));
    }
  }

  /// What is wrong with the block of the snapshot.
  private static Optional<String> fault(
      CertificateCheck check, DerivedState derived, BlockHeader header, CertifiedBlock block) {
    Hash parent = block.parentCertificate().map(CommitCertificate::hash).orElse(Hash.ZERO);
    boolean fits =
        header.hash().equals(derived.parentHash())
            && header.number() == derived.height().number()
            && block.certificate().blockHash().equals(header.hash())
            && header.extraData().equals(block.extension().hash().toBytes())
            && header.parentBeaconBlockRoot().equals(parent)
            && block.extension().carriedHash().equals(block.carried().hash());
    if (!fits) {
      return Optional.of("block " + header.number() + " is not that of the snapshot");
    }
    return derived
        .parentRules()
        .flatMap(rules -> check.reject(rules, block.certificate()))
        .map(Object::toString);
  }

  /// What is wrong with the transactions of the block of the snapshot, which is not executed.
  private static Optional<String> fault(Block block) {
    List<Bytes> encodings = block.transactions().stream().map(Transaction::encoded).toList();
    return TrieRoot.ofList(encodings).equals(block.header().transactionsRoot())
        ? Optional.empty()
        : Optional.of("block %d has other transactions".formatted(block.header().number()));
  }

  /// What is wrong with the headers below.
  private static Optional<String> fault(BlockHeader top, List<BlockHeader> below) {
    BlockHeader above = top;
    for (BlockHeader header : below) {
      if (!above.parentHash().equals(header.hash())) {
        return Optional.of("no header of the chain below block " + above.number());
      }
      above = header;
    }
    return Optional.empty();
  }
}
