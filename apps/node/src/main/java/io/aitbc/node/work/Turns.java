// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import java.util.Optional;

/// A long computation that is done in turns with others.
@FunctionalInterface
interface Turns<T> {
  /// Goes on until a time, and for one step at least.
  ///
  /// @param untilNanos by {@link System#nanoTime}
  /// @return what comes of it; empty until its end
  Optional<T> goOn(long untilNanos);
}
