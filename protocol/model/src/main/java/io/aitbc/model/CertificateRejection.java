// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;

/// Why a certificate, or an aggregate signature, does not hold. Protocol §5.4.
public sealed interface CertificateRejection {
  /// It is of another height.
  ///
  /// @param expected the height judged
  /// @param given that of the certificate
  record WrongHeight(Height expected, Height given) implements CertificateRejection {}

  /// It names another mode than the height has.
  ///
  /// @param expected the height's mode for quorums
  /// @param given that of the certificate
  record WrongMode(Mode expected, Mode given) implements CertificateRejection {}

  /// Its bitmaps do not fit the set: wrong length, bits beyond the end, or a validator in both
  /// classes with one bit.
  ///
  /// @param setHash the set
  /// @param signers the bitmaps
  record WrongBitmaps(Hash setHash, Signers signers) implements CertificateRejection {}

  /// Nobody signed.
  record NoSigners() implements CertificateRejection {}

  /// The signers are no quorum.
  ///
  /// @param rule the rule of the round
  /// @param needed authorities that the rule needs
  /// @param totalStake the stake of which more than two thirds are needed, unless the rule is FAST
  /// @param given the weight of the signers
  record NoQuorum(QuorumRule rule, int needed, VotingPower totalStake, Weight given)
      implements CertificateRejection {}

  /// The aggregated signature is not that of the signers over the message.
  ///
  /// @param signers who should have signed
  record WrongSignature(Signers signers) implements CertificateRejection {}
}
