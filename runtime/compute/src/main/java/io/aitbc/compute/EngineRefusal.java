// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import java.time.Duration;

/// Why there are no outputs. Closed; each carries its operands.
public sealed interface EngineRefusal {
  /// More of something than one call takes.
  ///
  /// @param what of what
  /// @param given how much
  /// @param max how much is taken
  record TooMuch(String what, long given, long max) implements EngineRefusal {}

  /// The time was not enough; what ran was ended.
  ///
  /// @param timeMax the time
  record Late(Duration timeMax) implements EngineRefusal {}

  /// The engine could not be started or reached, or ended without its outputs.
  ///
  /// @param why what happened
  record Failed(String why) implements EngineRefusal {}

  /// What the engine gave are no outputs of the items.
  ///
  /// @param why what is wrong
  record Malformed(String why) implements EngineRefusal {}
}
