// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// What a certificate needs. Protocol §4.
public enum QuorumRule {
  /// Authorities alone: at least qF.
  FAST,
  /// More than two thirds of the stake, and at least t authorities.
  RECOVERY,
  /// More than two thirds of the stake, and at least q authorities.
  BALANCED,
  /// More than two thirds of the stake, and f + 1 authorities unless oversight is waived.
  SECURE
}
