// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.CertificateRejection;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;

/// Why a message is not taken. Protocol §5.1 to §5.6.
public sealed interface Rejection {
  /// The signer is no validator of this height.
  record NoValidator(Address account) implements Rejection {}

  /// Somebody else proposes in this round.
  record WrongProposer(Round round, Address expected, Address given) implements Rejection {}

  /// A vote names a mode that the height does not have.
  record WrongMode(Mode expected, Mode given) implements Rejection {}

  /// A certificate does not hold.
  record BadCertificate(CertificateRejection reason) implements Rejection {}

  /// A content stands on another block.
  record WrongParent(Hash expected, Hash given) implements Rejection {}

  /// A content without the parent's certificate, or with one where there is none.
  record WrongParentCertificate(Height height) implements Rejection {}

  /// A content is older than its parent.
  ///
  /// @param parentMillis the parent's timestamp
  /// @param givenMillis the content's
  record BeforeParent(long parentMillis, long givenMillis) implements Rejection {}

  /// A content orders more transactions than the mode allows, or more bytes.
  ///
  /// @param max most that are allowed
  /// @param given how many there are
  record TooMuch(long max, long given) implements Rejection {}

  /// A content orders a transaction twice.
  record Twice(Hash transaction) implements Rejection {}

  /// Late votes or anchors for a block that this chain does not have, or of nobody.
  record BadCarried(Height height) implements Rejection {}

  /// A proof of randomness that does not hold.
  record BadRandomness(Address maker) implements Rejection {}
}
