// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.glyphs.GlyphTraining;
import io.aitbc.referee.glyphs.Glyphs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefereeEngineTest {
  private static final RandomNumbers.Seed SEED = new RandomNumbers.Seed(1);

  @Test // Protocol §17.2.
  void itGivesTheOutputsOfTheReferee() throws Exception {
    GlyphTraining training = GlyphTraining.prepare(SEED, 64);
    Model model =
        training.network(training.start(Kernel.plain(), Workers.NONE).state()).integerModel();
    Glyphs glyphs = Glyphs.draw(SEED, 3);
    List<Bytes> items = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      items.add(i % 7 == 0 ? Bytes.EMPTY : Bytes.wrap(glyphs.picture(i % 3)));
    }
    List<Bytes> expected =
        new Inference(model, Kernel.plain(), Workers.NONE)
            .run(items.stream().map(Bytes::toArray).toList()).stream().map(Bytes::wrap).toList();
    try (RefereeEngine engine = new RefereeEngine(model, Kernel.plain(), Workers.NONE)) {
      assertEquals(expected, engine.run(items, Duration.ofSeconds(20)));
      assertEquals(Bytes.EMPTY, expected.get(0));
      assertEquals(
          new EngineRefusal.Late(Duration.ZERO),
          assertThrows(EngineRefusedException.class, () -> engine.run(items, Duration.ZERO))
              .refusal());
    }
  }
}
