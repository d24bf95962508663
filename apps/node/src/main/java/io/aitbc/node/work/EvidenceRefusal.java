// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.attestation.Reason;
import io.aitbc.compute.EngineRefusal;
import io.aitbc.crypto.Hash;

/// Why nothing vouches for a claim now. Closed; each carries its operands. Protocol §18.7, §18.9.
sealed interface EvidenceRefusal {
  /// The hardware, or the program that asks it, gave none.
  ///
  /// @param why what happened
  record Hardware(EngineRefusal why) implements EvidenceRefusal {}

  /// The chain has no such item of collateral: nobody submitted it, or it was removed.
  ///
  /// @param subject what it would be about
  record CollateralMissing(Hash subject) implements EvidenceRefusal {}

  /// The chain would refuse the evidence, as collateral that is over makes it.
  ///
  /// @param reason the first fault
  record NotRight(Reason reason) implements EvidenceRefusal {}

  /// The chain would not judge it: the machine was denied.
  record NotJudged() implements EvidenceRefusal {}
}
