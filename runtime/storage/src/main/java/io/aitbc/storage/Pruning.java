// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.state.StateDiff;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Optional;

/// What a store keeps of the past, and how it forgets the rest: a little with every block, in the
/// same write, so that no block waits for the past.
final class Pruning {
  /// Blocks whose bodies go with one new block, after the retention was shortened.
  private static final int BODIES_PER_BLOCK = 4;

  /// Rows of {@link Table#CHANGES} or {@link Table#HISTORY} that go with one new block.
  private static final int ROWS_PER_BLOCK = 256;

  private static final byte[] META_BODIES_FROM = ChainStore.meta("bodies-from");
  private static final byte[] META_CHANGES_FROM = ChainStore.meta("changes-from");
  private static final byte[] META_HISTORY_FROM = ChainStore.meta("history-from");

  /// No block yet.
  private static final long NEVER = Long.MAX_VALUE;

  /// What is there: from which height on there are bodies, rows of changes, rows of history.
  ///
  /// @param historyFrom {@link #NEVER} if the last block left no row of history
  record Kept(long bodiesFrom, long changesFrom, long historyFrom) {}

  private final Retention retention;
  private volatile Kept kept;
  private volatile long head;

  /// Whether a store that is no archive was seen to have no rows of history: none come any more.
  private boolean historyGone;

  private Pruning(Retention retention, Kept kept, long head) {
    this.retention = retention;
    this.kept = kept;
    this.head = head;
  }

  static void begin(Batch batch, Retention retention) {
    writeMeta(
        batch,
        switch (retention) {
          case Retention.Pruned _ -> new Kept(0, 1, NEVER);
          case Retention.Archive _ -> new Kept(0, 1, 1);
        });
  }

  /// Of a store that begins after the block at `height`.
  static void beginAfter(Batch batch, Retention retention, long height) {
    writeMeta(
        batch,
        switch (retention) {
          case Retention.Pruned _ -> new Kept(height + 1, height + 1, NEVER);
          case Retention.Archive _ -> new Kept(height + 1, height + 1, height + 1);
        });
  }

  /// Goes on with what is there. After a change of the retention the past is kept anew, from the
  /// next block on.
  static Pruning open(KeyValues.View view, Retention retention, long head) {
    Kept found =
        new Kept(
            read(view, META_BODIES_FROM),
            read(view, META_CHANGES_FROM),
            read(view, META_HISTORY_FROM));
    Kept kept =
        switch (retention) {
          case Retention.Pruned _ -> new Kept(found.bodiesFrom, found.changesFrom, NEVER);
          case Retention.Archive _ ->
              new Kept(
                  found.bodiesFrom,
                  found.changesFrom,
                  found.historyFrom == NEVER ? head + 1 : found.historyFrom);
        };
    return new Pruning(retention, kept, head);
  }

  /// Writes what is kept of the state before `height`, and removes what is not kept any more.
  ///
  /// @param stateHeight of the state that the tables of state hold: later changes stay
  /// @return what is there after the batch
  Kept write(Batch batch, KeyValues.View view, long height, long stateHeight, StateDiff diff) {
    batch.put(Table.CHANGES, Keys.of(height), Changes.encode(diff));
    long changesFrom = removeChanges(batch, Math.min(height - states(), stateHeight) + 1);
    Kept next =
        switch (retention) {
          case Retention.Pruned pruned -> {
            removeHistory(batch, view);
            long bodiesFrom = removeBodies(batch, view, height + 1 - pruned.bodies());
            yield new Kept(bodiesFrom, changesFrom, NEVER);
          }
          case Retention.Archive _ -> {
            History.write(batch, height, diff);
            yield new Kept(kept.bodiesFrom, changesFrom, kept.historyFrom);
          }
        };
    writeMeta(batch, next);
    return next;
  }

  /// Takes back what {@link #write} wrote for a block.
  void takeBack(Batch batch, KeyValues.View view, long height) {
    if (retention instanceof Retention.Archive) {
      Changes.read(view, height).ifPresent(diff -> History.takeBack(batch, height, diff));
    }
    batch.remove(Table.CHANGES, Keys.of(height));
  }

  /// The head is the block at `height` again, of a state that was kept.
  void goBack(long height) {
    head = height;
  }

  /// The batch of block `height` was written.
  void advance(Kept next, long height) {
    kept = next;
    head = height;
  }

  private long removeChanges(Batch batch, long from) {
    long changesFrom = kept.changesFrom;
    for (int i = 0; i < ROWS_PER_BLOCK && changesFrom < from; i++) {
      batch.remove(Table.CHANGES, Keys.of(changesFrom++));
    }
    return changesFrom;
  }

  private long removeBodies(Batch batch, KeyValues.View view, long from) {
    long bodiesFrom = kept.bodiesFrom;
    for (int i = 0; i < BODIES_PER_BLOCK && bodiesFrom < from; i++) {
      BlockRows.remove(batch, view, bodiesFrom++);
    }
    return bodiesFrom;
  }

  /// Removes rows that another retention left, as long as there are.
  private void removeHistory(Batch batch, KeyValues.View view) {
    if (!historyGone) {
      List<KeyValues.Row> rows = view.from(Table.HISTORY, new byte[0], ROWS_PER_BLOCK);
      rows.forEach(row -> batch.remove(Table.HISTORY, row.key().toArray()));
      historyGone = rows.isEmpty();
    }
  }

  /// The state after block `height`, if it is below that of `latest` and kept.
  Optional<StateView> past(StoredState latest, long height) {
    if (height < oldestState() || height >= latest.height()) {
      return Optional.empty();
    }
    if (height + 1 >= kept.historyFrom) {
      return Optional.of(new PastState.Archived(latest, height));
    }
    return undone(latest, height, Integer.MAX_VALUE)
        .map(before -> new PastState.Undone(latest, before));
  }

  /// What the blocks above `height` replaced up to `latest`; empty if it is not kept, or is more
  /// than `changesMax` accounts and slots.
  Optional<Values> undone(StoredState latest, long height, int changesMax) {
    return height < oldestUndone() || height >= latest.height()
        ? Optional.empty()
        : Changes.back(latest.view(), latest.height(), height, changesMax);
  }

  long oldestState() {
    return Math.min(oldestUndone(), kept.historyFrom - 1);
  }

  /// The lowest height to which the changes kept lead back. Some more may be kept, for the sake of
  /// the tables of state.
  long oldestUndone() {
    long now = head;
    return Math.max(now - states(), Math.min(kept.changesFrom - 1, now));
  }

  private int states() {
    return switch (retention) {
      case Retention.Pruned pruned -> pruned.states();
      case Retention.Archive _ -> Retention.ARCHIVE_CHANGES;
    };
  }

  Retention retention() {
    return retention;
  }

  long oldestBody() {
    return kept.bodiesFrom;
  }

  private static void writeMeta(Batch batch, Kept kept) {
    batch.put(Table.META, META_BODIES_FROM, Keys.of(kept.bodiesFrom));
    batch.put(Table.META, META_CHANGES_FROM, Keys.of(kept.changesFrom));
    batch.put(Table.META, META_HISTORY_FROM, Keys.of(kept.historyFrom));
  }

  private static long read(KeyValues.View view, byte[] name) {
    return view.get(Table.META, name)
        .map(row -> Keys.number(row, 0))
        .orElseThrow(() -> new DiskException("the store does not say what it keeps"));
  }
}
