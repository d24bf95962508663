// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SigningRecord;

/// What the two slots of a record say together. Protocol §8.3.1.
sealed interface SlotPair {
  /// The greatest sequence written so far, as far as it is known.
  long sequence();

  /// Nothing was ever written.
  record Blank() implements SlotPair {
    @Override
    public long sequence() {
      return 0;
    }
  }

  /// What was written last is not known.
  record Lost(RecordLoss loss) implements SlotPair {
    @Override
    public long sequence() {
      return loss instanceof RecordLoss.WriteMissing(long first, long second)
          ? Math.max(first, second)
          : 0;
    }
  }

  /// The last record. A broken slot beside it is a torn write, unless a later signature is found
  /// elsewhere.
  ///
  /// @param isMoved whether both slots hold it: it was begun from something, and nothing was signed
  ///   since
  record Found(Slot.Whole slot, RecordOpening.Tail tail, boolean isMoved) implements SlotPair {
    @Override
    public long sequence() {
      return slot.sequence();
    }
  }

  /// Reads both slots.
  static SlotPair read(SlotMedium medium) {
    Slot first = Slot.decode(0, medium.read(0));
    Slot second = Slot.decode(1, medium.read(1));
    if (first instanceof Slot.Blank && second instanceof Slot.Blank) {
      return new Blank();
    }
    if (first instanceof Slot.Whole a && second instanceof Slot.Whole b) {
      if (Math.abs(a.sequence() - b.sequence()) != 1) {
        return new Lost(new RecordLoss.WriteMissing(a.sequence(), b.sequence()));
      }
      return new Found(
          a.sequence() > b.sequence() ? a : b,
          RecordOpening.Tail.WHOLE,
          isMoved(a.record(), b.record()));
    }
    if (first instanceof Slot.Whole whole) {
      return new Found(whole, RecordOpening.Tail.TORN, false);
    }
    if (second instanceof Slot.Whole whole) {
      return new Found(whole, RecordOpening.Tail.TORN, false);
    }
    return new Lost(new RecordLoss.NoWholeSlot());
  }

  /// Whether two slots with these records say that a record was begun from something, and nothing
  /// was signed since: what is signed changes one slot alone.
  static boolean isMoved(SigningRecord one, SigningRecord other) {
    return one.equals(other) && !one.equals(SigningRecord.fresh(one.genesisHash()));
  }
}
