// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Values that nobody signed: enough where signatures are somebody else's business.
final class NodeValues {
  static final BlsSignature NO_SIGNATURE =
      new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES]));
  private static final Address MAKER =
      Address.fromHex("0x0000000000000000000000000000000000000001");

  private NodeValues() {}

  static Hash hash(int number) {
    return Keccak256.hash(Bytes.of((byte) number));
  }

  static Bytes transaction(int number) {
    return Bytes.of((byte) 2, (byte) number);
  }

  /// A content of `height` with these transactions.
  static ProposalContent content(long height, Bytes... transactions) {
    return new ProposalContent(
        hash(0),
        Arrays.stream(transactions).map(Keccak256::hash).toList(),
        0,
        Round.ZERO,
        MAKER,
        NO_SIGNATURE,
        height == 1 ? Optional.empty() : Optional.of(certificate(height - 1)),
        CarriedSignatures.NONE);
  }

  static CommitCertificate certificate(long height) {
    return new CommitCertificate(
        new Ballot.Commit(
            new Height(height), Round.ZERO, Mode.BALANCED, hash(1), hash((int) height)),
        new AggregateSignature(
            new Signers(SignerBitmap.of(1, List.of(0)), SignerBitmap.of(1, List.of(0))),
            NO_SIGNATURE));
  }

  static CertifiedBlock block(long height) {
    return new CertifiedBlock(
        Bytes.of((byte) height),
        new ConsensusExtension(
            ModeSetting.settled(Mode.BALANCED),
            Fallback.ON,
            Oversight.REQUIRED,
            0,
            MAKER,
            Round.ZERO,
            NO_SIGNATURE,
            hash(2),
            hash(3),
            hash(4),
            hash(5),
            0),
        Optional.empty(),
        CarriedSignatures.NONE,
        certificate(height));
  }
}
