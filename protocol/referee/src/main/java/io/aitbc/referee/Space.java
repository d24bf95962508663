// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.Optional;

/// Where a tensor's values come from: four sequences of tiles, each under a root of its own.
/// Protocol §17.3.
public enum Space {
  /// The model's weights and tables; the root stands in the model's header.
  CONSTANT(0),
  /// The item's input; in training the data set. The root stands in the job's input tree.
  INPUT(1),
  /// What a training step starts from: parameters, moments, step number. The root is the state
  /// before the step.
  STATE(2),
  /// What the plan's entries made, one after another.
  TRACE(3);

  private final int code;

  Space(int code) {
    this.code = code;
  }

  /// Number on the wire.
  public int code() {
    return code;
  }

  /// The space with this number, if there is one.
  static Optional<Space> ofCode(int code) {
    for (Space space : values()) {
      if (space.code == code) {
        return Optional.of(space);
      }
    }
    return Optional.empty();
  }
}
