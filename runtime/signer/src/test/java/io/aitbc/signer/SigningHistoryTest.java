// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §8.3.
class SigningHistoryTest {
  @TempDir private Path folder;

  @Test
  void whatWasExportedIsImportedWhole() throws KeyFileException {
    SigningHistory history = history();
    assertEquals(history, SigningHistory.parse(history.toJson().getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aFileKeepsIt() throws KeyFileException {
    Path file = folder.resolve("history.json");
    history().create(file);
    assertEquals(
        history().entries().getFirst().record(),
        SigningHistory.read(file).of(Votes.KEY.publicKey()).orElseThrow());
  }

  @Test
  void aHeightOutOfRangeIsRefused() {
    String json = history().toJson().replace("\"first\" : \"0\"", "\"first\" : \"-1\"");
    assertEquals(
        new KeyFileRefusal.WrongField(
            "records[0].first", "a decimal string from 0 to 4611686018427387904"),
        refusal(json));
  }

  @Test
  void anUnknownStepIsRefused() {
    assertInstanceOf(
        KeyFileRefusal.Unsupported.class,
        refusal(history().toJson().replace("\"COMMIT\"", "\"PRECOMMIT\"")));
  }

  @Test
  void anythingForAHistoryIsReadOrRefused() {
    new DecoderTorture(SigningHistory::parse, KeyFileException.class::isInstance)
        .run(3, 2_000, List.of(history().toJson().getBytes(StandardCharsets.UTF_8)));
  }

  static SigningHistory history() {
    TearingSlots slots = new TearingSlots(Seed.of(1));
    var ready =
        assertInstanceOf(
            RecordOpening.Ready.class,
            LocalValidatorSigner.start(
                Votes.KEY,
                Votes.GENESIS,
                Votes.HOST,
                slots,
                Witnessed.NOTHING,
                new SigningStart.NeverSigned()));
    var _ = ready.signer().sign(Votes.anchor(40, 7));
    var _ = ready.signer().sign(Votes.commit(41, 2, 1));
    return new SigningHistory(Votes.GENESIS, List.of(SigningHistory.last(slots).orElseThrow()));
  }

  private static KeyFileRefusal refusal(String json) {
    return assertThrows(
            KeyFileException.class,
            () -> SigningHistory.parse(json.getBytes(StandardCharsets.UTF_8)))
        .refusal();
  }
}
