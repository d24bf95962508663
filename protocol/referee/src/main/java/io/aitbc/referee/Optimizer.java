// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// How a parameter follows its gradient. Protocol §17.6.
public sealed interface Optimizer {
  /// v' = momentum * v + g; p' = p - rate * v'.
  ///
  /// @param rate learning rate
  /// @param momentum from 0 on and below 1
  record Sgd(float rate, float momentum) implements Optimizer {
    @Override
    public Tensor next(TrainingPlan training, Tensor parameter, Tensor gradient) {
      PlanBuilder plan = training.tape().plan();
      Tensor velocity = training.moment(parameter);
      Tensor slowed = plan.binary(Operator.MULTIPLY, velocity, plan.constant(momentum));
      Tensor next = plan.binary(Operator.ADD, slowed, gradient);
      training.becomes(velocity, next);
      Tensor change = plan.binary(Operator.MULTIPLY, next, plan.constant(rate));
      return plan.binary(Operator.SUBTRACT, parameter, change);
    }
  }

  /// m' = b1 m + (1 - b1) g; v' = b2 v + (1 - b2) g g; p' = p - rate (m' / (1 - b1^t)) / (sqrt(v' /
  /// (1 - b2^t)) + epsilon), the powers being carried in the state.
  ///
  /// @param rate learning rate
  /// @param beta1 decay of the first moment
  /// @param beta2 decay of the second moment
  /// @param epsilon keeps the divisor from 0
  record Adam(float rate, float beta1, float beta2, float epsilon) implements Optimizer {
    @Override
    public Tensor next(TrainingPlan training, Tensor parameter, Tensor gradient) {
      PlanBuilder plan = training.tape().plan();
      Tensor square = plan.binary(Operator.MULTIPLY, gradient, gradient);
      Tensor mean = decayed(training, training.moment(parameter), gradient, beta1);
      Tensor spread = decayed(training, training.moment(parameter), square, beta2);
      Tensor first = plan.binary(Operator.DIVIDE, mean, correction(training, beta1));
      Tensor second = plan.binary(Operator.DIVIDE, spread, correction(training, beta2));
      Tensor root = plan.unary(Operator.SQRT, second);
      Tensor divisor = plan.binary(Operator.ADD, root, plan.constant(epsilon));
      Tensor ratio = plan.binary(Operator.DIVIDE, first, divisor);
      Tensor change = plan.binary(Operator.MULTIPLY, ratio, plan.constant(rate));
      return plan.binary(Operator.SUBTRACT, parameter, change);
    }

    private static Tensor decayed(TrainingPlan training, Tensor moment, Tensor value, float beta) {
      PlanBuilder plan = training.tape().plan();
      Tensor old = plan.binary(Operator.MULTIPLY, moment, plan.constant(beta));
      Tensor fresh = plan.binary(Operator.MULTIPLY, value, plan.constant(1 - beta));
      Tensor next = plan.binary(Operator.ADD, old, fresh);
      training.becomes(moment, next);
      return next;
    }

    /// 1 - beta^t, the power carried in the state.
    private static Tensor correction(TrainingPlan training, float beta) {
      PlanBuilder plan = training.tape().plan();
      Tensor power = training.state(Elements.of(new float[] {1}), 1, 1);
      Tensor next = plan.binary(Operator.MULTIPLY, power, plan.constant(beta));
      training.becomes(power, next);
      return plan.binary(Operator.SUBTRACT, plan.constant(1f), next);
    }
  }

  /// Writes the entries of one parameter's next value.
  Tensor next(TrainingPlan training, Tensor parameter, Tensor gradient);
}
