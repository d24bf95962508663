// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.crypto.Bytes;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import java.util.OptionalInt;

/// Reads an output as scores of classes.
final class Scores {
  private Scores() {}

  /// The number of the greatest element of an output, the first of several; empty for the empty
  /// output of an input that does not fit.
  static OptionalInt best(Model model, Bytes output) {
    if (output.length() != model.output().bytes()) {
      return OptionalInt.empty();
    }
    int count = output.length() / model.output().type().bytes();
    Elements elements = Elements.read(model.output().type(), output.toArray(), 0, count);
    int best = 0;
    for (int i = 1; i < count; i++) {
      boolean greater =
          switch (model.output().type()) {
            case INT8 -> elements.bytes()[i] > elements.bytes()[best];
            case INT32 -> elements.ints()[i] > elements.ints()[best];
            case FLOAT32 -> elements.floats()[i] > elements.floats()[best];
          };
      best = greater ? i : best;
    }
    return OptionalInt.of(best);
  }
}
