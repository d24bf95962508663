// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.glyphs.GlyphNetwork;
import io.aitbc.referee.glyphs.GlyphTraining;
import io.aitbc.referee.glyphs.Glyphs;
import io.aitbc.referee.onnx.OnnxFile;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// ONNX Runtime in its process, compared with the referee.
class OnnxRuntimeIT { // Protocol §17.2, §17.7
  private static final RandomNumbers.Seed SEED = new RandomNumbers.Seed(1);
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int ITEMS = 20;

  /// Relative L2 within which two engines' results of one model are the same.
  private static final double DISTANCE_MAX = 1e-5;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private GlyphNetwork network;

  private final Glyphs glyphs = Glyphs.draw(SEED, ITEMS);

  @BeforeEach
  void train() {
    GlyphTraining training = GlyphTraining.prepare(SEED, 64);
    network = training.network(training.start(Kernel.plain(), Workers.NONE).state());
  }

  private static Path library() throws URISyntaxException {
    CodeSource source =
        Objects.requireNonNull(OrtEnvironment.class.getProtectionDomain().getCodeSource());
    return Path.of(source.getLocation().toURI());
  }

  private OnnxRuntimeEngine engine(byte[] file) throws Exception {
    return new OnnxRuntimeEngine(library(), Files.write(folder.resolve("m.onnx"), file));
  }

  private static List<Bytes> referee(Model model, List<Bytes> items) throws Exception {
    try (RefereeEngine engine = new RefereeEngine(model, Kernel.plain(), Workers.NONE)) {
      return engine.run(items, LONG);
    }
  }

  private static double[] floats(Bytes output) {
    ByteBuffer bytes = ByteBuffer.wrap(output.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[output.length() / Float.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat();
    }
    return values;
  }

  @Test
  void floatsAreThoseOfTheRefereeWithinTheTolerance() throws Exception {
    List<Bytes> items = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      ByteBuffer item =
          ByteBuffer.allocate(Glyphs.PIXELS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (byte pixel : glyphs.picture(i)) {
        ByteBuffer _ = item.putFloat(pixel / 128f);
      }
      items.add(Bytes.wrap(item.array()));
    }
    items.add(Bytes.of((byte) 1));
    List<Bytes> expected = referee(network.floatModel(), items);
    try (OnnxRuntimeEngine engine = engine(OnnxFile.write(network.floats()))) {
      List<Bytes> outputs = engine.run(items, LONG);
      assertEquals(items.size(), outputs.size());
      assertEquals(Bytes.EMPTY, outputs.getLast(), "what does not fit");
      for (int i = 0; i < ITEMS; i++) {
        double difference = 0;
        double length = 0;
        double[] theirs = floats(outputs.get(i));
        double[] ours = floats(expected.get(i));
        assertEquals(ours.length, theirs.length);
        for (int k = 0; k < ours.length; k++) {
          difference += (ours[k] - theirs[k]) * (ours[k] - theirs[k]);
          length += ours[k] * ours[k];
        }
        double distance = Math.sqrt(difference / length);
        assertTrue(length > 0 && distance <= DISTANCE_MAX, "item " + i + ": " + distance);
      }
    }
  }

  @Test
  void integersAreThoseOfTheReferee() throws Exception {
    List<Bytes> items = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      items.add(Bytes.wrap(glyphs.picture(i)));
    }
    try (OnnxRuntimeEngine engine = engine(OnnxFile.write(network.integers()))) {
      assertEquals(referee(network.integerModel(), items), engine.run(items, LONG));
    }
  }

  @Test
  void whatIsNoModelEndsItsProcessAlone() throws Exception {
    try (OnnxRuntimeEngine engine = engine(new byte[] {1, 2, 3})) {
      EngineRefusedException refused =
          assertThrows(EngineRefusedException.class, () -> engine.run(List.of(Bytes.EMPTY), LONG));
      assertInstanceOf(EngineRefusal.Failed.class, refused.refusal());
    }
  }
}
