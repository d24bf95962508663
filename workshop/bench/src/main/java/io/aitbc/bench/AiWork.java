// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.client.Experiences;
import io.aitbc.client.JobOrder;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.Training;
import io.aitbc.referee.TrainingState;
import io.aitbc.referee.glyphs.GlyphTraining;
import io.aitbc.referee.glyphs.Glyphs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What jobs of one kind are: all of one claim, no two with the same data.
///
/// @param kind of work
/// @param what is run, for who reads the report
/// @param share of the time of first executions that it shall have, of 1
/// @param items of a claim; of a training, segments
/// @param model that is run
record AiWork(Kind kind, String what, double share, int items, Model model) {
  /// Kinds of work. S2 of the sources names them.
  enum Kind {
    /// Inference.
    INFERENCE,
    /// Training of the reader of digits, in segments.
    TRAINING,
    /// Inference of a model that embeds, whose outputs the client distils. ADR 0035.
    EXTRACTION
  }

  /// Wei for a claim: bonds cover hundreds of them.
  private static final long FEE = 4_096_000_000_000_000L;

  /// Seconds and blocks in which a worker must commit: more than it ever takes.
  private static final int WORK_TIME = 600;

  /// Outputs of inputs that are the same have the distance 0.
  private static final int WITHIN = 0;

  private static final int PICTURES = 4_096;
  private static final int SEGMENTS = 8;
  private static final int STEPS = 32;

  /// Units of the model that embeds.
  private static final List<Integer> EMBEDDING = List.of(784, 2_048, 2_048, 64);

  /// Items, or steps, of which the cost is measured.
  private static final int SAMPLE = 64;

  private static final GlyphTraining TRAINING =
      GlyphTraining.prepare(new RandomNumbers.Seed(2_026), PICTURES);

  /// Inference alone, of dense layers of int8.
  static AiWork inference(List<Integer> units, int items, double share) {
    return new AiWork(Kind.INFERENCE, name(units) + " int8", share, items, AiModels.dense(units));
  }

  /// 70 parts of inference, 20 of training, 10 of extraction.
  static List<AiWork> mix(int items) {
    return List.of(
        inference(AiModels.LARGE, items, 0.7),
        new AiWork(
            Kind.TRAINING,
            "784-256-10 fp32, %d segments of %d steps of %d pictures"
                .formatted(SEGMENTS, STEPS, GlyphTraining.BATCH),
            0.2,
            SEGMENTS,
            TRAINING.prepared().model()),
        new AiWork(
            Kind.EXTRACTION,
            name(EMBEDDING) + " int8, half of the inputs twice",
            0.1,
            items,
            AiModels.dense(EMBEDDING)));
  }

  private static String name(List<Integer> units) {
    return String.join("-", units.stream().map(String::valueOf).toList());
  }

  /// An order that no other job has.
  ///
  /// @param number of the job
  JobOrder order(long number) {
    Amount fee = Amount.wei(FEE / items);
    if (kind == Kind.TRAINING) {
      byte[] data = Glyphs.draw(new RandomNumbers.Seed(number), PICTURES).dataSet();
      Bytes state = Bytes.wrap(TrainingState.encoded(TRAINING.prepared().initial()));
      return new JobOrder(
          model,
          List.of(Bytes.wrap(data)),
          fee,
          WORK_TIME,
          WORK_TIME,
          Amount.ZERO,
          WorkJob.PARTIES,
          Optional.of(new JobOrder.Training(state, SEGMENTS, STEPS)));
    }
    return new JobOrder(model, inputs(number), fee, WORK_TIME, WORK_TIME, Amount.ZERO);
  }

  private List<Bytes> inputs(long number) {
    if (kind == Kind.INFERENCE) {
      return AiModels.inputs(model, number, 0, items);
    }
    List<Bytes> once = AiModels.inputs(model, number, 0, items - items / 2);
    List<Bytes> inputs = new ArrayList<>(once);
    boolean _ = inputs.addAll(once.subList(0, items / 2));
    return inputs;
  }

  /// Seconds that the first execution of a job takes one thread, by a part of it done here.
  double measuredSeconds() {
    Kernel kernel = Kernel.fastest();
    if (kind == Kind.TRAINING) {
      Training training = TRAINING.start(kernel, Workers.NONE);
      double steps = seconds(() -> run(training));
      return Math.min(steps, seconds(() -> run(training))) * SEGMENTS * STEPS / SAMPLE;
    }
    Inference inference = new Inference(model, kernel, Workers.NONE);
    List<byte[]> some = AiModels.inputs(model, -1, 0, SAMPLE).stream().map(Bytes::toArray).toList();
    double first = seconds(() -> run(inference, some));
    return Math.min(first, seconds(() -> run(inference, some))) * items / SAMPLE;
  }

  private static void run(Inference inference, List<byte[]> some) {
    List<byte[]> _ = inference.run(some);
  }

  private static void run(Training training) {
    for (int step = 0; step < SAMPLE; step++) {
      training.step();
    }
  }

  private static double seconds(Runnable run) {
    long began = System.nanoTime();
    run.run();
    return (System.nanoTime() - began) / 1e9;
  }

  /// Records that the outputs of a job are distilled to.
  int distilled(long job, List<Bytes> outputs) {
    int elements = Math.toIntExact(model.output().bytes() / model.output().type().bytes());
    Experiences records = new Experiences(model.output().type(), elements, WITHIN);
    return records.add(job, outputs).created();
  }
}
