// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.execution.WorkCall.Score;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What an evaluator says of a claim: a rule over its files alone, so that whoever has them says
/// the same. Protocol §17.15.
final class Scoring {
  /// Of outputs that nobody can have, or that are wrong.
  static final Score NOTHING = new Score(0, 0);

  /// Exponent of infinities and NaN.
  private static final int NOT_FINITE = 0x7f800000;

  private Scoring() {}

  /// Of inference: which part of the items has a usable output, and which part one that no item
  /// before it has.
  static Score ofInference(Model model, List<Bytes> outputs) {
    Set<Bytes> before = LinkedHashSet.newLinkedHashSet(outputs.size());
    int usable = 0;
    for (Bytes output : outputs) {
      if (isUsable(model, output)) {
        usable++;
        boolean _ = before.add(output);
      }
    }
    int items = outputs.size();
    return new Score(part(usable, items), part(before.size(), items));
  }

  /// Of training: whether the trained state is what the claim says and is made of numbers, and
  /// which part of the segments ends in a state of its own.
  ///
  /// @param last the state after the last segment, as it is served
  static Score ofTraining(ServedClaim served, List<Elements> last) {
    List<Bytes> outputs = served.outputs();
    boolean usable =
        Segments.isOutput(outputs.getLast(), TrainingState.tree(served.work().model(), last).root())
            && last.stream().allMatch(Scoring::isFinite);
    return usable
        ? new Score(Score.MILLIONTHS, part(new LinkedHashSet<>(outputs).size(), outputs.size()))
        : NOTHING;
  }

  /// Rounded down, in millionths.
  private static int part(int some, int all) {
    return (int) ((long) some * Score.MILLIONTHS / all);
  }

  private static boolean isUsable(Model model, Bytes output) {
    ElementType type = model.output().type();
    return output.length() == model.output().bytes()
        && isFinite(Elements.read(type, output.toArray(), 0, output.length() / type.bytes()));
  }

  private static boolean isFinite(Elements elements) {
    if (elements.type() != ElementType.FLOAT32) {
      return true;
    }
    for (int i = 0; i < elements.count(); i++) {
      if ((elements.bits(i) & NOT_FINITE) == NOT_FINITE) {
        return false;
      }
    }
    return true;
  }
}
