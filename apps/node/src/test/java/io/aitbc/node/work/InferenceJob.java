// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Jobs of inference, and a small one. For tests.
final class InferenceJob {
  private InferenceJob() {}

  /// 300 rows of four numbers into two sums each.
  static Model model() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, 300, 4);
    Tensor w = plan.constant(Elements.of(new byte[] {1, 2, 3, 4, -1, -2, 5, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new int[2]), 1, 2);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  /// Items for that model; one of them does not fit.
  static List<Bytes> items(int count) {
    List<Bytes> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] input = new byte[i == 7 ? 3 : 1_200];
      for (int at = 0; at < input.length; at++) {
        input[at] = (byte) (at * 7 + i);
      }
      items.add(Bytes.wrap(input));
    }
    return items;
  }

  /// What a client asks for.
  ///
  /// @param task hash of the task
  static WorkJob.Request request(Model model, List<Bytes> items, Hash task) {
    return new WorkJob.Request(
        model.id(),
        ItemFile.inputTree(model, items).root(),
        task,
        items.size(),
        60,
        60,
        Amount.ZERO,
        Hash.ZERO);
  }
}
