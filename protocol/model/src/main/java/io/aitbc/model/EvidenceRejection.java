// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.List;

/// Why an evidence convicts nobody. Protocol §8.2.
public sealed interface EvidenceRejection {
  /// The statements are of different heights.
  ///
  /// @param first height of the first
  /// @param second height of the second
  record DifferentHeights(Height first, Height second) implements EvidenceRejection {}

  /// The statements are not of the kinds that this offence takes, or not for one phase.
  record DifferentKinds() implements EvidenceRejection {}

  /// The statements of an equivocation are of different rounds.
  ///
  /// @param first round of the first
  /// @param second round of the second
  record DifferentRounds(Round first, Round second) implements EvidenceRejection {}

  /// Both statements say the same.
  record SameStatement() implements EvidenceRejection {}

  /// The PREPARE is not in a later round than the COMMIT.
  ///
  /// @param commit round of the COMMIT
  /// @param prepare round of the PREPARE
  record NotLater(Round commit, Round prepare) implements EvidenceRejection {}

  /// The lock was given up for a prepare certificate of a later round, which is right.
  ///
  /// @param commit round of the COMMIT
  /// @param preparedRound the round v of the PREPARE
  record GivenUpRightly(Round commit, Round preparedRound) implements EvidenceRejection {}

  /// A signer of a statement is no member of the set, or a bitmap does not fit it.
  ///
  /// @param testimony the statement
  record UnknownSigner(Testimony testimony) implements EvidenceRejection {}

  /// Nobody signed both.
  record NoCommonSigner() implements EvidenceRejection {}

  /// A signature is not that of its signers.
  ///
  /// @param signers accounts of those who should have signed
  record WrongSignature(List<Address> signers) implements EvidenceRejection {}
}
