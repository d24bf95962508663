// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes the plan of a training step: batch, forward, loss, gradients, optimizer, next state. The
/// state begins with the seed of the batch order (two words) and the step number; parameters and
/// moments follow in the order in which they are made. Belongs to one thread. Protocol §17.6.
public final class TrainingPlan {
  private final PlanBuilder plan = new PlanBuilder();
  private final Tape tape = new Tape(plan);
  private final Map<Tensor, Tensor> next = new LinkedHashMap<>();
  private final List<Elements> initial = new ArrayList<>();
  private final List<Tensor> parameters = new ArrayList<>();
  private final Tensor batchIndex;

  /// What training starts from.
  ///
  /// @param model the plan of a step
  /// @param initial the state before the first step
  /// @param loss the loss, in the trace
  /// @param parameters the parameters among the state's tensors
  public record Prepared(
      Model model, List<Elements> initial, Tensor loss, List<Tensor> parameters) {}

  /// A plan over a data set.
  ///
  /// @param order seed of the batch order
  /// @param dataRows rows of the data set
  /// @param batchRows rows of a batch
  public TrainingPlan(RandomNumbers.Seed order, int dataRows, int batchRows) {
    int low = (int) order.value();
    int high = (int) (order.value() >>> 32);
    Tensor seed = state(Elements.of(new int[] {low, high}), 1, 2);
    Tensor step = state(Elements.of(new int[] {0}), 1, 1);
    Tensor one = plan.constant(Elements.of(new int[] {1}), 1, 1);
    next.put(step, plan.binary(Operator.ADD, step, one));
    this.batchIndex =
        plan.emit(
            Operator.BATCH_INDEX,
            ElementType.INT32,
            batchRows,
            1,
            List.of(seed, step),
            List.of(dataRows));
  }

  /// The tape.
  public Tape tape() {
    return tape;
  }

  /// The batch's rows of a tensor of the data set.
  public Tensor batch(Tensor data) {
    return tape.lookup(batchIndex, data);
  }

  /// A tensor of the state that stays as it is unless it {@link #becomes} another.
  public Tensor state(Elements start, int rows, int columns) {
    Tensor tensor = plan.state(start.type(), rows, columns);
    initial.add(start);
    next.put(tensor, tensor);
    return tensor;
  }

  /// A tensor of the state that is trained.
  public Tensor parameter(Elements start, int rows, int columns) {
    Tensor tensor = tape.parameter(state(start, rows, columns));
    parameters.add(tensor);
    return tensor;
  }

  /// A tensor of the state shaped like a parameter, zero at first.
  public Tensor moment(Tensor parameter) {
    return state(
        Elements.zeros(parameter.type(), parameter.elements()),
        parameter.rows(),
        parameter.columns());
  }

  /// What a tensor of the state is after the step.
  public void becomes(Tensor state, Tensor value) {
    next.put(state, value);
  }

  /// Writes gradients and optimizer, and ends the plan.
  ///
  /// @throws MalformedModelException if an entry does not fit its operands
  public Prepared finish(Tensor loss, Optimizer optimizer) throws MalformedModelException {
    tape.differentiate(loss);
    for (Tensor parameter : parameters) {
      var gradient = tape.gradient(parameter);
      if (gradient.isPresent()) {
        becomes(parameter, optimizer.next(this, parameter, gradient.get()));
      }
    }
    Model model = plan.training(List.copyOf(next.values()));
    return new Prepared(model, List.copyOf(initial), loss, List.copyOf(parameters));
  }
}
