// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.Epochs;
import io.aitbc.model.ConsensusValues;
import io.aitbc.model.Height;
import io.aitbc.model.ValidatorSet;
import io.aitbc.testkit.Seed;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §8.1, §13.4.1.
class EvidenceRowsTest {
  /// Two epochs of blocks every two seconds.
  private static final long KEPT = 400_000;

  private static final long BLOCK_MILLIS = 2_000;

  private final ConsensusValues values = new ConsensusValues(Seed.of(7));
  private final ValidatorSet first = values.validatorSet();
  private final ValidatorSet second = values.validatorSet();
  private final MemoryKeyValues tables = new MemoryKeyValues();
  private EvidenceRows rows = EvidenceRows.open(tables.view(), KEPT, 0);
  private long height;
  private long millis;

  @Test
  void theSetOfAnEpochStaysUntilItsStakeIsFree() {
    epochs(1, first);
    epochs(2, second);
    epochs(4, first);
    epochs(1, second);
    for (long epoch = 5; epoch < 7; epoch++) {
      assertEquals(Optional.of(first), rows.set(tables.view(), epoch));
    }
    assertEquals(Optional.of(second), rows.set(tables.view(), 7));
    for (long epoch = 0; epoch < 5; epoch++) {
      assertEquals(Optional.empty(), rows.set(tables.view(), epoch));
    }
  }

  @Test
  void aSetThatManyEpochsHaveStandsOnDiskOnce() {
    epochs(40, first);
    long full =
        tables.view().from(Table.SETS, new byte[0], 100).stream()
            .filter(row -> row.value().length() > 40)
            .count();
    assertEquals(1, full);
    epochs(10, second);
    // Nothing is left of the first.
    assertEquals(3, tables.view().from(Table.SETS, new byte[0], 100).size() - 1);
    assertEquals(Optional.of(second), rows.set(tables.view(), 49));
  }

  @Test
  void prepareCertificatesGoWithTheirEpoch() {
    epochs(6, first);
    List<KeyValues.Row> left = tables.view().from(Table.PREPARED, new byte[0], 10_000);
    assertEquals(new Height(301).number(), Keys.number(left.getFirst().key().toArray(), 0));
    assertEquals(3 * 50 * 3, left.size());
  }

  @Test
  void manyCertificatesOfOneEpochGoBlockByBlock() {
    Batch many = new Batch();
    for (int round = 0; round < 5_000; round++) {
      var _ = many.put(Table.PREPARED, Keys.prepared(50, round), new byte[1]);
    }
    tables.write(many);
    epochs(4, first);
    Optional<KeyValues.Row> lowest =
        tables.view().from(Table.PREPARED, new byte[0], 1).stream().findFirst();
    assertTrue(Keys.number(lowest.orElseThrow().key().toArray(), 0) > 100);
  }

  @Test
  void timeThatStandsStillForgetsNothing() {
    epochs(3, first);
    millis += 1_000 * KEPT;
    epochs(1, first);
    assertEquals(Optional.of(first), rows.set(tables.view(), 2));
  }

  @Test
  void anEarlierVersionsStoreBeginsWithTheNextBlock() {
    height = 250;
    epochs(1, first);
    assertEquals(Optional.empty(), rows.set(tables.view(), 1));
    assertEquals(Optional.of(first), rows.set(tables.view(), 2));
    assertEquals(Optional.of(first), rows.set(tables.view(), 3));
  }

  /// Appends the blocks of `count` epochs, every second of which took three rounds.
  private void epochs(int count, ValidatorSet set) {
    for (int i = 0; i < count * Epochs.LENGTH_BLOCKS; i++) {
      height++;
      millis += BLOCK_MILLIS;
      if (i % 97 == 0) {
        rows = EvidenceRows.open(tables.view(), KEPT, -1); // As after a restart.
      }
      Batch batch = new Batch();
      EvidenceRows.Kept next = rows.write(batch, tables.view(), new Height(height), millis, set);
      for (int round = 0; height % 2 == 1 && round < 3; round++) {
        var _ = batch.put(Table.PREPARED, Keys.prepared(height, round), new byte[1]);
      }
      tables.write(batch);
      rows.advance(next);
    }
  }
}
