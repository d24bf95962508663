// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.Training;
import io.aitbc.referee.TrainingState;
import io.aitbc.referee.glyphs.GlyphNetwork;
import io.aitbc.referee.glyphs.GlyphTraining;
import io.aitbc.referee.glyphs.Glyphs;
import io.aitbc.referee.onnx.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A model and inputs for who has none: the reader of digits, trained from its seed. Protocol
/// §17.7.
final class DemoModel {
  /// Pictures that are drawn at most: 200 MB.
  static final int PICTURES_MAX = 250_000;

  private static final RandomNumbers.Seed SEED = new RandomNumbers.Seed(2026);

  /// Another seed draws what it has never seen.
  private static final RandomNumbers.Seed UNSEEN = new RandomNumbers.Seed(7);

  private static final int PICTURES = 4_096;

  /// Each picture four times.
  static final int STEPS = 4 * PICTURES / GlyphTraining.BATCH;

  private final GlyphNetwork network;
  private final Model model;

  private DemoModel(GlyphNetwork network) {
    this.network = network;
    this.model = network.integerModel();
  }

  /// The training itself, as work that can be ordered: its plan, its data and its first state.
  static GlyphTraining training() {
    return GlyphTraining.prepare(SEED, PICTURES);
  }

  /// Trains here, to the end.
  static DemoModel train() {
    return train(training(), STEPS);
  }

  /// Trains here, so many steps from the first state on.
  static DemoModel train(GlyphTraining job, int steps) {
    Training training = job.start(Kernel.fastest(), Workers.NONE);
    for (int step = 0; step < steps; step++) {
      training.step();
    }
    return new DemoModel(job.network(training.state()));
  }

  /// What somebody else has trained.
  ///
  /// @return empty if it is no state of {@link #training}
  static Optional<DemoModel> trained(Bytes state) {
    GlyphTraining job = training();
    return TrainingState.decode(job.prepared().model(), state.toArray())
        .map(it -> new DemoModel(job.network(it)));
  }

  Model model() {
    return model;
  }

  void write(Path file, @Nullable Path onnx) throws IOException {
    Path _ = Files.write(file, model.encoded());
    if (onnx != null) {
      Path _ = Files.write(onnx, OnnxFile.write(network.integers()));
    }
  }

  void draw(int count, @Nullable Path inputs, @Nullable Path labels) throws IOException {
    Glyphs glyphs = Glyphs.draw(UNSEEN, count);
    List<Bytes> pictures = new ArrayList<>();
    List<String> digits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pictures.add(Bytes.wrap(glyphs.picture(i)));
      digits.add(Integer.toString(glyphs.label(i)));
    }
    if (inputs != null) {
      Path _ = Files.write(inputs, ItemFile.encoded(pictures));
    }
    if (labels != null) {
      Path _ = Files.write(labels, digits);
    }
  }

  /// New pictures.
  static List<Bytes> pictures(int count) {
    Glyphs glyphs = Glyphs.draw(UNSEEN, count);
    return IntStream.range(0, count).mapToObj(i -> Bytes.wrap(glyphs.picture(i))).toList();
  }

  /// How many of the pictures from `first` on are read right by outputs of its model.
  int right(List<Bytes> outputs, int first) {
    Glyphs glyphs = Glyphs.draw(UNSEEN, first + outputs.size());
    return (int)
        IntStream.range(0, outputs.size())
            .filter(i -> Scores.best(model, outputs.get(i)).orElse(-1) == glyphs.label(first + i))
            .count();
  }

  /// Which part of new pictures it reads right.
  double accuracy(int count) {
    Glyphs glyphs = Glyphs.draw(UNSEEN, count);
    Inference inference = new Inference(model, Kernel.fastest(), Workers.NONE);
    int right = 0;
    for (int i = 0; i < count; i++) {
      byte[] scores = inference.run(List.of(glyphs.picture(i))).getFirst();
      right += Scores.best(model, Bytes.wrap(scores)).orElse(-1) == glyphs.label(i) ? 1 : 0;
    }
    return right / (double) count;
  }
}
