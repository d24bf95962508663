// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.List;

/// The outcome of judging an {@link Evidence}. Protocol §8.2.
public sealed interface EvidenceVerdict {
  /// It holds.
  ///
  /// @param offenders who signed both statements, ordered by account; at least one
  record Convicted(List<Validator> offenders) implements EvidenceVerdict {
    /// Copies the list.
    public Convicted {
      offenders = List.copyOf(offenders);
    }
  }

  /// It does not hold.
  ///
  /// @param reason why
  record Rejected(EvidenceRejection reason) implements EvidenceVerdict {}
}
