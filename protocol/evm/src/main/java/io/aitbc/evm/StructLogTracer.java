// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Collects a {@link StructLog} of every instruction, up to a bound: for debug_traceTransaction
/// without a named tracer.
public final class StructLogTracer implements Tracer {
  /// What to collect.
  ///
  /// @param stack whether the stack is wanted
  /// @param memory whether memory is wanted: it makes the collection grow with the square of it
  /// @param returnData whether return data is wanted
  /// @param entriesMax greatest number of entries; instructions behind it leave none
  public record Options(boolean stack, boolean memory, boolean returnData, int entriesMax) {}

  /// Memory for what one or several tracers collect.
  public static final class Room {
    private static final int ENTRY_BYTES = 200;
    private static final int WORD_BYTES = 40;

    private long bytesLeft;

    /// @param bytes how much
    public Room(long bytes) {
      this.bytesLeft = bytes;
    }

    /// Whether all of it is taken, so that entries may be missing.
    public boolean isFull() {
      return bytesLeft <= 0;
    }

    private void take(StructLog entry) {
      bytesLeft -=
          ENTRY_BYTES
              + (long) WORD_BYTES * entry.stack().size()
              + entry.memory().length()
              + entry.returnData().length();
    }
  }

  private final Options options;
  private final Room room;
  private final List<StructLog> entries = new ArrayList<>();
  private boolean isRecording;

  /// A tracer with nothing collected.
  ///
  /// @param room for what it collects; instructions behind the one that fills it leave no entry
  public StructLogTracer(Options options, Room room) {
    this.options = options;
    this.room = room;
  }

  /// The instructions in the order they ran.
  public List<StructLog> entries() {
    return List.copyOf(entries);
  }

  @Override
  public boolean wantsInstructions() {
    return true;
  }

  @Override
  public void before(Step step) {
    isRecording = entries.size() < options.entriesMax && !room.isFull();
    if (!isRecording) {
      return;
    }
    StructLog entry =
        new StructLog(
            step.programCounter(),
            step.opcode(),
            step.gas(),
            0,
            step.depth(),
            options.stack ? step.stack() : List.of(),
            options.memory ? step.memory() : Bytes.EMPTY,
            options.returnData ? step.returnData() : Bytes.EMPTY,
            slot(step),
            step.refund(),
            Optional.empty());
    room.take(entry);
    entries.add(entry);
  }

  private static Optional<StructLog.SlotAccess> slot(Step step) {
    if (step.opcode() == Opcode.SLOAD && step.stackHeight() >= 1) {
      UInt256 key = step.stackWord(0);
      return Optional.of(new StructLog.SlotAccess(key, step.storage(key)));
    }
    if (step.opcode() == Opcode.SSTORE && step.stackHeight() >= 2) {
      return Optional.of(new StructLog.SlotAccess(step.stackWord(0), step.stackWord(1)));
    }
    return Optional.empty();
  }

  @Override
  public void after(long gasCost) {
    if (isRecording) {
      entries.add(entries.removeLast().withGasCost(gasCost));
    }
  }

  @Override
  public void halted(HaltReason reason) {
    if (isRecording) {
      entries.add(entries.removeLast().haltedBy(reason));
    }
  }
}
