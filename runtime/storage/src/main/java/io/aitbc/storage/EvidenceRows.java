// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.consensus.Epochs;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.ValidatorSet;
import java.util.List;
import java.util.Optional;

/// What evidence of misbehaviour needs beside headers and certificates, which stay for good: the
/// validator set of each epoch, and the prepare certificates of heights that took more than one
/// round. A pruned store keeps both as long as stake of the epoch may be slashed, an archive for
/// good. Protocol §8.1, §13.4.1.
///
/// The set of many epochs is the same; it stands in the row of the first of them. Active time is
/// counted from the store's own beginning: only differences matter.
final class EvidenceRows {
  /// Active time for which a pruned store keeps them after an epoch's end, ms: 84 days, the longest
  /// unbonding time that governance may choose.
  static final long KEPT_MILLIS = 84 * 86_400_000L;

  /// Most active time that one block counts for, ms. Protocol §16.2.
  static final long BLOCK_MILLIS_MAX = 4_000;

  /// Prepare certificates that go with one new block.
  private static final int CERTIFICATES_PER_BLOCK = 1_024;

  private static final byte[] META_EVIDENCE = ChainStore.meta("evidence");

  /// No epoch yet.
  private static final long NONE = -1;

  /// What is noted.
  ///
  /// @param activeMillis active time up to the head, since the store's beginning
  /// @param headMillis the head's time
  /// @param from the lowest epoch that is noted; {@link #NONE} if there is none
  /// @param epoch the epoch that was noted last; {@link #NONE} if there is none
  /// @param since the epoch in whose row its set stands
  record Kept(long activeMillis, long headMillis, long from, long epoch, long since) {}

  /// One row.
  ///
  /// @param beganMillis active time before the first block of the epoch that the store has
  /// @param since the epoch in whose row the set stands
  /// @param set the set, in that row alone
  private record Row(long beganMillis, long since, Optional<ValidatorSet> set) {}

  private final long keptMillis;
  private volatile Kept kept;

  private EvidenceRows(long keptMillis, Kept kept) {
    this.keptMillis = keptMillis;
    this.kept = kept;
  }

  /// Goes on with what is there; a store that noted nothing yet begins after its head.
  static EvidenceRows open(KeyValues.View view, Retention retention, Height head) {
    return open(
        view,
        switch (retention) {
          case Retention.Pruned _ -> KEPT_MILLIS;
          case Retention.Archive _ -> Long.MAX_VALUE;
        },
        BlockRows.extension(view, head).map(ConsensusExtension::timestampMillis).orElse(0L));
  }

  /// As above.
  ///
  /// @param keptMillis for how long an epoch is kept after its end
  /// @param headMillis the head's time
  static EvidenceRows open(KeyValues.View view, long keptMillis, long headMillis) {
    return new EvidenceRows(
        keptMillis,
        view.get(Table.META, META_EVIDENCE)
            .map(row -> Rows.read(Table.META, row, EvidenceRows::kept))
            .orElse(new Kept(0, headMillis, NONE, NONE, NONE)));
  }

  /// Notes the set of a block's epoch, and forgets an epoch whose stake is free.
  ///
  /// @param millis the block's time
  /// @return what is there after the batch
  Kept write(Batch batch, KeyValues.View view, Height height, long millis, ValidatorSet set) {
    Kept before = kept;
    long passed = Math.clamp(millis - before.headMillis, 0, BLOCK_MILLIS_MAX);
    long active = before.activeMillis + passed;
    long epoch = Epochs.of(height);
    long since = before.since;
    if (epoch != before.epoch) {
      boolean same =
          epoch == before.epoch + 1
              && before.epoch != NONE
              && row(view, before.since).flatMap(Row::set).filter(set::equals).isPresent();
      since = same ? before.since : epoch;
      Optional<ValidatorSet> noted = same ? Optional.empty() : Optional.of(set);
      batch.put(Table.SETS, Keys.of(epoch), encoded(new Row(before.activeMillis, since, noted)));
    }
    long from = before.from == NONE ? epoch : forget(batch, view, before.from, active);
    Kept next = new Kept(active, millis, from, epoch, since);
    batch.put(Table.META, META_EVIDENCE, encoded(next));
    return next;
  }

  /// The batch that {@link #write} filled was written.
  void advance(Kept next) {
    kept = next;
  }

  /// Forgets epoch `from` if it ended long enough ago.
  ///
  /// @return the lowest epoch that is still noted
  private long forget(Batch batch, KeyValues.View view, long from, long active) {
    Optional<Row> behind = row(view, from + 1);
    if (behind.isEmpty() || active - behind.get().beganMillis <= keptMillis) {
      return from;
    }
    List<KeyValues.Row> certificates =
        view.from(Table.PREPARED, new byte[0], CERTIFICATES_PER_BLOCK).stream()
            .filter(each -> Epochs.of(height(each)) <= from)
            .toList();
    certificates.forEach(each -> batch.remove(Table.PREPARED, each.key().toArray()));
    if (certificates.size() == CERTIFICATES_PER_BLOCK) {
      return from; // The next block takes the rest.
    }
    long since = row(view, from).map(Row::since).orElse(from);
    boolean isStillUsed = behind.get().since == since;
    if (since != from || !isStillUsed) {
      batch.remove(Table.SETS, Keys.of(from));
    }
    if (since != from && !isStillUsed) {
      batch.remove(Table.SETS, Keys.of(since));
    }
    return from + 1;
  }

  private static Height height(KeyValues.Row certificate) {
    return new Height(Keys.number(certificate.key().toArray(), 0));
  }

  /// The validators of an epoch, if they were noted and not forgotten.
  Optional<ValidatorSet> set(KeyValues.View view, long epoch) {
    return epoch < kept.from
        ? Optional.empty()
        : row(view, epoch).flatMap(row -> row(view, row.since)).flatMap(Row::set);
  }

  private static Optional<Row> row(KeyValues.View view, long epoch) {
    return view.get(Table.SETS, Keys.of(epoch))
        .map(row ->
            Rows.read(
                Table.SETS,
                row,
                reader -> {
                  RlpReader fields = reader.list();
                  Row read =
                      new Row(
                          fields.number(),
                          fields.number(),
                          fields.list(1, ValidatorSet::readFrom).stream().findFirst());
                  fields.finish();
                  return read;
                }));
  }

  private static byte[] encoded(Row row) {
    return new RlpWriter(1 << 10)
        .begin()
        .number(row.beganMillis)
        .number(row.since)
        .list(row.set.stream().toList(), (to, set) -> set.writeTo(to))
        .end()
        .toArray();
  }

  private static byte[] encoded(Kept kept) {
    return new RlpWriter(64)
        .begin()
        .number(kept.activeMillis)
        .number(kept.headMillis)
        .number(kept.from)
        .number(kept.epoch)
        .number(kept.since)
        .end()
        .toArray();
  }

  private static Kept kept(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Kept read =
        new Kept(
            fields.number(), fields.number(), fields.number(), fields.number(), fields.number());
    fields.finish();
    return read;
  }
}
