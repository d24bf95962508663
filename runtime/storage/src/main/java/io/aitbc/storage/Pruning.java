// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.state.StateDiff;
import io.aitbc.state.StateView;
import java.util.Optional;

/// What a store keeps of the past, and how it forgets the rest: a little with every block, in the
/// same write, so that no block waits for the past.
final class Pruning {
  /// Blocks whose bodies go with one new block, after the retention was shortened.
  private static final int BODIES_PER_BLOCK = 4;

  /// Rows of {@link Table#UNDO} or {@link Table#HISTORY} that go with one new block.
  private static final int ROWS_PER_BLOCK = 256;

  private static final byte[] META_BODIES_FROM = ChainStore.meta("bodies-from");
  private static final byte[] META_UNDO_FROM = ChainStore.meta("undo-from");
  private static final byte[] META_HISTORY_FROM = ChainStore.meta("history-from");

  /// No block yet.
  private static final long NEVER = Long.MAX_VALUE;

  /// What is there: from which height on there are bodies, rows of undo, rows of history.
  ///
  /// @param undoFrom {@link #NEVER} if the last block left no row of undo
  /// @param historyFrom {@link #NEVER} if the last block left no row of history
  record Kept(long bodiesFrom, long undoFrom, long historyFrom) {}

  private final Retention retention;
  private volatile Kept kept;
  private volatile long head;

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
          case Retention.Archive _ -> new Kept(0, NEVER, 1);
        });
  }

  /// Goes on with what is there. After a change of the retention the past is kept anew, from the
  /// next block on.
  static Pruning open(KeyValues.View view, Retention retention, long head) {
    Kept found =
        new Kept(
            read(view, META_BODIES_FROM),
            read(view, META_UNDO_FROM),
            read(view, META_HISTORY_FROM));
    Kept kept =
        switch (retention) {
          case Retention.Pruned _ ->
              new Kept(
                  found.bodiesFrom, found.undoFrom == NEVER ? head + 1 : found.undoFrom, NEVER);
          case Retention.Archive _ ->
              new Kept(
                  found.bodiesFrom,
                  NEVER,
                  found.historyFrom == NEVER ? head + 1 : found.historyFrom);
        };
    return new Pruning(retention, kept, head);
  }

  /// Writes what is kept of the state before `height`, and removes what is not kept any more.
  ///
  /// @return what is there after the batch
  Kept write(Batch batch, KeyValues.View view, long height, StateDiff diff) {
    Kept next =
        switch (retention) {
          case Retention.Pruned pruned -> {
            batch.put(Table.UNDO, Keys.of(height), Undo.encode(diff));
            long undoFrom = removeUndo(batch, height + 1 - pruned.states());
            removeRows(batch, view, Table.HISTORY);
            yield new Kept(
                removeBodies(batch, view, height + 1 - pruned.bodies()), undoFrom, NEVER);
          }
          case Retention.Archive _ -> {
            History.write(batch, height, diff);
            removeRows(batch, view, Table.UNDO);
            yield kept;
          }
        };
    writeMeta(batch, next);
    return next;
  }

  /// The batch of block `height` was written.
  void advance(Kept next, long height) {
    kept = next;
    head = height;
  }

  private long removeUndo(Batch batch, long from) {
    long undoFrom = kept.undoFrom;
    for (int i = 0; i < ROWS_PER_BLOCK && undoFrom < from; i++) {
      batch.remove(Table.UNDO, Keys.of(undoFrom++));
    }
    return undoFrom;
  }

  private long removeBodies(Batch batch, KeyValues.View view, long from) {
    long bodiesFrom = kept.bodiesFrom;
    for (int i = 0; i < BODIES_PER_BLOCK && bodiesFrom < from; i++) {
      BlockRows.remove(batch, view, bodiesFrom++);
    }
    return bodiesFrom;
  }

  /// Removes rows that another retention left.
  private static void removeRows(Batch batch, KeyValues.View view, Table table) {
    for (KeyValues.Row row : view.from(table, new byte[0], ROWS_PER_BLOCK)) {
      batch.remove(table, row.key().toArray());
    }
  }

  /// The state after block `height`, if it is below that of `latest` and kept.
  Optional<StateView> past(StoredState latest, long height) {
    if (height < oldestState() || height >= latest.height()) {
      return Optional.empty();
    }
    return switch (retention) {
      case Retention.Archive _ -> Optional.of(new PastState.Archived(latest, height));
      case Retention.Pruned _ -> {
        Undo undo = new Undo();
        for (long above = height + 1; above <= latest.height(); above++) {
          Optional<byte[]> row = latest.view().get(Table.UNDO, Keys.of(above));
          if (row.isEmpty()) {
            yield Optional.empty(); // Removed after oldestState() was asked.
          }
          undo.add(row.get());
        }
        yield Optional.of(new PastState.Undone(latest, undo));
      }
    };
  }

  long oldestState() {
    Kept now = kept;
    long from = Math.min(now.undoFrom, now.historyFrom);
    return Math.min(from - 1, head);
  }

  long oldestBody() {
    return kept.bodiesFrom;
  }

  private static void writeMeta(Batch batch, Kept kept) {
    batch.put(Table.META, META_BODIES_FROM, Keys.of(kept.bodiesFrom));
    batch.put(Table.META, META_UNDO_FROM, Keys.of(kept.undoFrom));
    batch.put(Table.META, META_HISTORY_FROM, Keys.of(kept.historyFrom));
  }

  private static long read(KeyValues.View view, byte[] name) {
    return view.get(Table.META, name)
        .map(row -> Keys.number(row, 0))
        .orElseThrow(() -> new DiskException("the store does not say what it keeps"));
  }
}
