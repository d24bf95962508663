// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.signer.RecordDiskException;
import io.aitbc.storage.DiskException;

/// What a node runs on: it loses its power between any two effects, stands still, and forgets at a
/// loss of power what it was going to do.
abstract class Machine {
  /// Tasks of one node that may wait at a time: far more than any rule lets it start.
  private static final int WAITING_MAX = 50_000;

  final World world;
  final int index;
  int life;
  int boundariesLeft = -1;
  long downMicros;
  Fault.Crash.Moment crashMoment = Fault.Crash.Moment.EFFECT;
  private long pausedUntilMicros;
  private int waiting;

  Machine(World world, int index) {
    this.world = world;
    this.index = index;
  }

  int index() {
    return index;
  }

  /// Counts restarts: what was meant for an earlier life never comes.
  int life() {
    return life;
  }

  /// Power is lost: what the machine holds is to be forgotten, and it is to start again.
  abstract void crashed();

  /// A disk failed.
  abstract void diskFailed(RuntimeException failed);

  /// Nothing that was planned happens any more.
  void powerOff() {
    boundariesLeft = -1;
    life++;
    waiting = 0;
  }

  /// Stands still for a while.
  void pause(long micros) {
    pausedUntilMicros = Math.max(pausedUntilMicros, world.timeline().nowMicros() + micros);
  }

  /// An effect begins: power may be lost here.
  void boundary() {
    boundary(Fault.Crash.Moment.EFFECT);
  }

  /// Something of a kind begins.
  void boundary(Fault.Crash.Moment moment) {
    if (moment == crashMoment && boundariesLeft >= 0 && boundariesLeft-- == 0) {
      throw new PowerLoss();
    }
  }

  /// What is done on this machine: only in the life in which it was planned, not while the machine
  /// stands still, and not beyond a loss of power.
  Runnable guarded(Runnable task) {
    int lived = life;
    if (++waiting > WAITING_MAX) {
      throw new Violation(Invariant.BOUNDED_MEMORY, "node %d: %d tasks".formatted(index, waiting));
    }
    return () ->
        run(
            lived,
            () -> {
              waiting--;
              task.run();
            });
  }

  void run(int lived, Runnable task) {
    if (life != lived) {
      return;
    }
    if (world.timeline().nowMicros() < pausedUntilMicros) {
      world.timeline().at(pausedUntilMicros, () -> run(lived, task));
      return;
    }
    try {
      task.run();
    } catch (PowerLoss lost) {
      crashed();
    } catch (DiskException | RecordDiskException failed) {
      diskFailed(failed);
    } catch (Violation violation) {
      throw violation;
    } catch (RuntimeException broken) {
      throw new Violation(Invariant.NO_BROKEN_PROMISE, broken);
    }
  }
}
