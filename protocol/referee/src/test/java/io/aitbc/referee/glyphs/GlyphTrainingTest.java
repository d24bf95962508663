// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.glyphs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Workers;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.Training;
import io.aitbc.referee.onnx.OnnxFile;
import io.aitbc.referee.onnx.OnnxGraph;
import io.aitbc.referee.onnx.OnnxLowering;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GlyphTrainingTest { // Protocol §17.7
  private static final RandomNumbers.Seed SEED = new RandomNumbers.Seed(2026);
  private static final int PICTURES = 4096;
  private static final int STEPS = 4 * PICTURES / GlyphTraining.BATCH;

  /// Held out: another seed draws them.
  private static final Glyphs UNSEEN = Glyphs.draw(new RandomNumbers.Seed(7), 2000);

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private static GlyphNetwork network;

  @BeforeAll
  static void train() {
    GlyphTraining job = GlyphTraining.prepare(SEED, PICTURES);
    Training training = job.start(Kernel.fastest(), Workers.NONE);
    for (int step = 0; step < STEPS; step++) {
      training.step();
    }
    network = job.network(training.state());
  }

  private static double accuracy(Model model, ElementType type) {
    List<byte[]> inputs = new ArrayList<>();
    for (int i = 0; i < UNSEEN.count(); i++) {
      byte[] picture = UNSEEN.picture(i);
      if (type == ElementType.FLOAT32) {
        float[] values = new float[picture.length];
        for (int p = 0; p < values.length; p++) {
          values[p] = picture[p] / 128f;
        }
        picture = Elements.of(values).encoded();
      }
      inputs.add(picture);
    }
    List<byte[]> outputs = new Inference(model, Kernel.fastest(), Workers.NONE).run(inputs);
    int right = 0;
    for (int i = 0; i < outputs.size(); i++) {
      Elements scores = Elements.read(model.output().type(), outputs.get(i), 0, Glyphs.CLASSES);
      int best = 0;
      for (int c = 1; c < Glyphs.CLASSES; c++) {
        boolean more =
            type == ElementType.FLOAT32
                ? scores.floats()[c] > scores.floats()[best]
                : scores.ints()[c] > scores.ints()[best];
        best = more ? c : best;
      }
      right += best == UNSEEN.label(i) ? 1 : 0;
    }
    return right / (double) outputs.size();
  }

  @Test
  void unseenDigitsAreReadWithFloatsAndWithIntegers() {
    double floats = accuracy(network.floatModel(), ElementType.FLOAT32);
    double integers = accuracy(network.integerModel(), ElementType.INT8);
    System.out.println("[notice] glyphs: " + floats + " with floats, " + integers + " with int8");
    assertTrue(floats >= 0.97, () -> "floats: " + floats);
    assertTrue(integers >= 0.97, () -> "integers: " + integers);
  }

  @Test
  void theModelsComeBackFromTheirOnnxFiles() throws Exception {
    for (OnnxGraph graph : List.of(network.floats(), network.integers())) {
      byte[] file = OnnxFile.write(graph);
      OnnxGraph read = OnnxFile.read(file);
      assertEquals(graph, read);
      assertArrayEquals(file, OnnxFile.write(read));
      assertEquals(OnnxLowering.model(graph).id(), OnnxLowering.model(read).id());
    }
  }
}
