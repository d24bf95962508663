// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Round;
import java.util.Optional;

/// When a lock gives way. Protocol §5.5.
final class LockRule {
  private LockRule() {}

  /// Whether a prepare certificate of round `certified` lifts a lock of round `locked`: only one of
  /// a later round does, and none at all does not.
  static boolean lifts(Optional<Round> certified, Round locked) {
    return certified.isPresent() && certified.get().compareTo(locked) > 0;
  }
}
