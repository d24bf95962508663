// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.JuryCall;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A network with jobs of class TOLERANCE and a worker whose engine has other bits than the
/// referee. For tests.
abstract class ToleranceNetwork extends WorkNetwork { // Protocol §17.17
  static final String ENGINE = "scaled 1, fp32";
  static final Hash PROFILE = JuryCall.profile(ENGINE);
  static final Amount BOND = Amount.aitbc(3_000);

  /// As far as rounding goes.
  static final Engines NEAR = scaled(1 + 2e-6f);

  static final Engines FAR = scaled(1.001f);

  @Override
  long workerClasses() {
    return WorkJob.EXACT | WorkJob.TOLERANCE;
  }

  static Engines scaled(float factor) {
    return new ProfiledEngines(
        new EngineChoice.Referee(),
        ENGINE,
        model -> new AlteredEngine(model, (_, right) -> scaled(right, factor)));
  }

  /// Floats, multiplied.
  private static byte[] scaled(byte[] right, float factor) {
    ByteBuffer output = ByteBuffer.wrap(right).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < output.capacity(); at += Float.BYTES) {
      ByteBuffer _ = output.putFloat(at, output.getFloat(at) * factor);
    }
    return right;
  }

  static Model model() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.FLOAT32, 4, 4);
    Tensor w = plan.constant(Elements.of(new float[] {1, 2, 3, 4, -1, -2, 5, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new float[2]), 1, 2);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  /// A job under the profile; one of its items does not fit.
  void submitUnderTheProfile(List<? extends ClaimChecker> checkers) throws Exception {
    Model model = model();
    List<Bytes> inputs = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      ByteBuffer input = ByteBuffer.allocate(i == 7 ? 4 : 64).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at < input.capacity() / Float.BYTES; at++) {
        ByteBuffer _ = input.putFloat(at + i + 0.1f);
      }
      inputs.add(Bytes.wrap(input.array()));
    }
    submit(
        checkers,
        model,
        inputs,
        task -> {
          assertTrue(accounts.getFirst().send(WorkCall.calibrate(model.id(), ENGINE, 10_000)));
          try {
            chain.grow();
          } catch (Exception failed) {
            throw new AssertionError(failed);
          }
          return InferenceJob.request(model, inputs, task).under(PROFILE);
        });
  }

  List<ClaimChecker> checkers() throws Exception {
    List<ClaimChecker> checkers = new ArrayList<>(auditors());
    checkers.addAll(evaluators());
    return checkers;
  }

  <T extends WorkEvent> List<T> heard(Class<T> kind) {
    return told(EconomyContract.JURIES, kind);
  }
}
