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
import io.aitbc.referee.glyphs.GlyphNetwork;
import io.aitbc.referee.glyphs.GlyphTraining;
import io.aitbc.referee.glyphs.Glyphs;
import io.aitbc.referee.onnx.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  private static final int PASSES = 4;

  private final GlyphNetwork network;
  private final Model model;

  private DemoModel(GlyphNetwork network) {
    this.network = network;
    this.model = network.integerModel();
  }

  static DemoModel train() {
    GlyphTraining job = GlyphTraining.prepare(SEED, PICTURES);
    Training training = job.start(Kernel.fastest(), Workers.NONE);
    for (int step = 0; step < PASSES * PICTURES / GlyphTraining.BATCH; step++) {
      training.step();
    }
    return new DemoModel(job.network(training.state()));
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
