// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

/// What a light client makes of a header. Protocol §10.3.
public sealed interface LightVerdict {
  /// The header is final.
  ///
  /// @param head what is trusted now
  record Accepted(TrustedHead head) implements LightVerdict {}

  /// It is not followed.
  ///
  /// @param reason why
  record Rejected(LightRejection reason) implements LightVerdict {}
}
