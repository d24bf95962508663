// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;

/// What can be seen before an instruction runs. Reads the running frame: it is only valid during
/// the call that it is given to.
public final class Step {
  private final Frame frame;
  private final TransactionState state;

  Step(Frame frame, TransactionState state) {
    this.frame = frame;
    this.state = state;
  }

  /// Index of the instruction in the code, in bytes.
  public int programCounter() {
    return frame.position - Code.FRONT;
  }

  /// The instruction, 0 to 255.
  public int opcode() {
    return frame.code.padded()[frame.position] & 0xff;
  }

  /// Gas left before it.
  public long gas() {
    return frame.gas;
  }

  /// Callers above the frame.
  public int depth() {
    return frame.depth;
  }

  /// On whose storage the code runs.
  public Address self() {
    return frame.self.address;
  }

  /// The words on the stack, lowest first.
  public List<UInt256> stack() {
    List<UInt256> words = new ArrayList<>();
    for (int at = Frame.STACK_BOTTOM; at < frame.height; at += 4) {
      words.add(Words.number(frame.stack, at));
    }
    return words;
  }

  /// How many words are on the stack.
  public int stackHeight() {
    return (frame.height - Frame.STACK_BOTTOM) / 4;
  }

  /// The word that is `fromTop` words below the top, which is 0.
  ///
  /// @throws IllegalArgumentException if there are not so many
  public UInt256 stackWord(int fromTop) {
    int at = frame.height - 4 - 4 * fromTop;
    if (at < Frame.STACK_BOTTOM || fromTop < 0) {
      throw new IllegalArgumentException("no word " + fromTop + " of " + stackHeight());
    }
    return Words.number(frame.stack, at);
  }

  /// The memory in use.
  public Bytes memory() {
    return Bytes.of(frame.memory, 0, frame.memorySize);
  }

  /// What the last call returned.
  public Bytes returnData() {
    return Bytes.of(frame.returned, 0, frame.returnedLength);
  }

  /// What slot `key` of {@link #self} holds.
  public UInt256 storage(UInt256 key) {
    long[] word = new long[4];
    Words.set(key, word, 0);
    return state.slots().valueNumber(state.slot(frame.self, word, 0));
  }

  /// Gas to be returned so far.
  public long refund() {
    return state.refunded();
  }
}
