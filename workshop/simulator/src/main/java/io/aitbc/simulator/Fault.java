// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

/// Something that goes wrong in the world at a moment.
sealed interface Fault {
  /// When, in microseconds.
  long atMicros();

  /// A node loses its power.
  ///
  /// @param node its number
  /// @param moment in the middle of what
  /// @param boundaries how many of those it still begins
  /// @param downMicros how long until it starts again
  record Crash(long atMicros, int node, Moment moment, int boundaries, long downMicros)
      implements Fault {
    /// In the middle of what power is lost.
    enum Moment {
      /// Between two effects.
      EFFECT,
      /// Between a write to the log and its sync.
      LOG_SYNC,
      /// In the middle of writing a slot of the signing record.
      RECORD_WRITE
    }
  }

  /// Every node loses its power at once.
  record PowerCut(long atMicros, long downMicros) implements Fault {}

  /// A node's signing record is lost while it is down.
  record RecordLost(long atMicros, int node, RecordLost.Manner manner, long downMicros)
      implements Fault {
    /// How it is lost.
    enum Manner {
      /// The file is gone.
      GONE,
      /// Both slots are damaged.
      DAMAGED,
      /// An older copy was put in.
      OLD
    }
  }

  /// An older copy of the chain and the log is put in while the node is down; the signing record
  /// stays.
  ///
  /// @param ageMicros how old the copy is
  record OldDisk(long atMicros, int node, long ageMicros, long downMicros) implements Fault {}

  /// A node's next sync fails.
  record SyncFails(long atMicros, int node, Where where, long downMicros) implements Fault {
    /// Under what the disk fails.
    enum Where {
      /// The write-ahead log.
      LOG,
      /// The signing record.
      RECORD
    }
  }

  /// A node stands still and then goes on as if nothing had happened.
  record Pause(long atMicros, int node, long forMicros) implements Fault {}

  /// A node's wall clock jumps.
  record ClockJump(long atMicros, int node, long millis) implements Fault {}

  /// Messages from nodes in a group to nodes outside of it do not get through.
  ///
  /// @param group bit i for node i
  /// @param direction whether those the other way do not either
  /// @param manner what becomes of them
  record Split(long atMicros, long forMicros, long group, Direction direction, Split.Manner manner)
      implements Fault {
    /// Which way nothing gets through.
    enum Direction {
      /// Out of the group.
      OUT,
      /// Both ways.
      BOTH
    }

    /// What becomes of a message.
    enum Manner {
      /// It is lost.
      LOST,
      /// It comes when the split ends, with all the others.
      HELD
    }

    boolean separates(int from, int to) {
      boolean fromIn = (group >>> from & 1) == 1;
      boolean toIn = (group >>> to & 1) == 1;
      return direction == Direction.BOTH ? fromIn != toIn : fromIn && !toIn;
    }
  }
}
