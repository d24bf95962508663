// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Address;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import java.util.Optional;

/// A final block as {@link DerivedState} needs it: the same whether the node voted on the proposal
/// or got the block from others. Protocol §3.1.
///
/// @param height its height
/// @param blockHash its hash
/// @param timestampMillis its time, in milliseconds since 1970
/// @param maker who made its content
/// @param round the round in which the content was made
/// @param parentCertificate the certificate of the block before that it carries
/// @param carried late votes and anchors that it carries
/// @param vrfOutput output of the maker's verifiable random function
/// @param facts what came of executing it
public record FinalizedBlock(
    Height height,
    Hash blockHash,
    long timestampMillis,
    Address maker,
    Round round,
    Optional<CommitCertificate> parentCertificate,
    CarriedSignatures carried,
    Hash vrfOutput,
    BlockFacts facts) {
  /// The block that came of `content`.
  public static FinalizedBlock of(
      ProposalContent content, Hash blockHash, BlockFacts facts, SignatureScheme scheme) {
    return new FinalizedBlock(
        content.height(),
        blockHash,
        content.timestampMillis(),
        content.maker(),
        content.round(),
        content.parentCertificate(),
        content.carried(),
        scheme.vrfOutput(content.vrfProof()),
        facts);
  }

  /// A block from others, checked against its certificate.
  public static FinalizedBlock of(CertifiedBlock block, BlockFacts facts, SignatureScheme scheme) {
    return new FinalizedBlock(
        block.height(),
        block.certificate().blockHash(),
        block.extension().timestampMillis(),
        block.extension().proposer(),
        block.extension().round(),
        block.parentCertificate(),
        block.carried(),
        scheme.vrfOutput(block.extension().vrfProof()),
        facts);
  }
}
