// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.CertificateRejection;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.VotingPower;

/// Why a light client does not follow a header. Protocol §10.3.
public sealed interface LightRejection {
  /// What is trusted is older than the trusting period; a checkpoint is needed.
  ///
  /// @param trustedMillis its time
  /// @param nowMillis the time now
  record Expired(long trustedMillis, long nowMillis) implements LightRejection {}

  /// The header is not above the trusted one.
  ///
  /// @param trusted the trusted height
  /// @param given that of the header
  record NotAbove(Height trusted, Height given) implements LightRejection {}

  /// The header's time is before the trusted one's or too far ahead, or not that of its extension.
  ///
  /// @param trustedMillis time of the trusted header
  /// @param givenMillis that of the header
  /// @param nowMillis the time now
  record WrongTime(long trustedMillis, long givenMillis, long nowMillis)
      implements LightRejection {}

  /// The extension is not the one whose hash stands in the header.
  ///
  /// @param given its hash
  record WrongExtension(Hash given) implements LightRejection {}

  /// The certificate is of another block.
  ///
  /// @param expected hash of the header
  /// @param given that of the certificate
  record WrongBlock(Hash expected, Hash given) implements LightRejection {}

  /// The extension names another epoch than the height has.
  ///
  /// @param expected the height's epoch
  /// @param given the extension's
  record WrongEpoch(long expected, long given) implements LightRejection {}

  /// The header is more than one epoch ahead: its validators are not known.
  ///
  /// @param trusted the trusted epoch
  /// @param given that of the header
  record SkippedEpochs(long trusted, long given) implements LightRejection {}

  /// The validators are not those that the trusted header, or this one, names.
  ///
  /// @param expected hash of the set
  /// @param given hash of the set given
  record WrongSet(Hash expected, Hash given) implements LightRejection {}

  /// The set has no quorum of the mode that the header claims.
  ///
  /// @param mode the mode
  record ImpossibleMode(Mode mode) implements LightRejection {}

  /// The certificate does not hold.
  ///
  /// @param reason why
  record BadCertificate(CertificateRejection reason) implements LightRejection {}

  /// More than two thirds of the stake were asked for, and fewer signed.
  ///
  /// @param signed stake of the signers
  /// @param total all stake
  record StakeMissing(VotingPower signed, VotingPower total) implements LightRejection {}

  /// The chain does not contain a checkpoint.
  ///
  /// @param checkpoint the checkpoint
  /// @param given hash of the block at its height
  record NotOnCheckpoint(Checkpoint checkpoint, Hash given) implements LightRejection {}
}
