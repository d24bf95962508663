// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import java.util.Optional;

/// A final block with all that a node needs to check and follow it without having voted: what the
/// header holds only as hashes, and the certificate. Protocol §10, Protocol §11.10.
///
/// @param block the encoded block (header and transactions), at most {@link #BLOCK_BYTES_MAX} bytes
/// @param extension whose hash is the header's `extraData`
/// @param parentCertificate whose hash is the header's `parentBeaconBlockRoot`; absent exactly for
///   a child of the genesis block
/// @param carried whose hash stands in the extension
/// @param certificate proof that the block is final
public record CertifiedBlock(
    Bytes block,
    ConsensusExtension extension,
    Optional<CommitCertificate> parentCertificate,
    CarriedSignatures carried,
    CommitCertificate certificate)
    implements Encodable {
  /// Most bytes of an encoded block; the limit of a content's transactions and 256 KiB for the
  /// header and the lengths around each transaction.
  public static final int BLOCK_BYTES_MAX = PeerMessage.BODIES_BYTES_MAX + (1 << 18);

  /// @throws IllegalArgumentException if the block is too long
  public CertifiedBlock {
    if (block.length() > BLOCK_BYTES_MAX) {
      throw new IllegalArgumentException("a block of " + block.length() + " bytes");
    }
  }

  /// The block's height, as its certificate says.
  public Height height() {
    return certificate.height();
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().string(block);
    extension.writeTo(writer);
    writer.list(parentCertificate.stream().toList(), (w, parent) -> parent.writeTo(w));
    carried.writeTo(writer);
    certificate.writeTo(writer);
    writer.end();
  }

  /// The block at the reader's position; what `block` holds is not read.
  public static CertifiedBlock readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Bytes block = fields.string(0, BLOCK_BYTES_MAX);
    ConsensusExtension extension = ConsensusExtension.readFrom(fields);
    Optional<CommitCertificate> parent =
        fields.list(1, CommitCertificate::readFrom).stream().findFirst();
    CarriedSignatures carried = CarriedSignatures.readFrom(fields);
    CommitCertificate certificate = CommitCertificate.readFrom(fields);
    fields.finish();
    return new CertifiedBlock(block, extension, parent, carried, certificate);
  }
}
