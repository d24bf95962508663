// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

/// The answer of the signing rule. Protocol §8.3.
public sealed interface SigningDecision {
  /// The key may sign once `next` is on disk.
  ///
  /// @param next the record to be kept, durable before the signature is made
  record Advance(SigningRecord next) implements SigningDecision {}

  /// The key must not sign.
  ///
  /// @param reason what stands against it
  record Refuse(SigningRefusal reason) implements SigningDecision {}
}
