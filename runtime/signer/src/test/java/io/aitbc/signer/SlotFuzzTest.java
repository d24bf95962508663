// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Sha256;
import java.util.Arrays;

// Protocol §8.3.1
class SlotFuzzTest {
  @FuzzTest
  void aSlotIsWrittenAsItWasReadOrBroken(byte[] input) {
    byte[] slot = Arrays.copyOf(input, SlotMedium.SLOT_BYTES);
    check(slot);
    // Behind a right checksum too, which no accident writes.
    Sha256.hash(slot, 0, Slot.CHECKED_BYTES).copyTo(slot, Slot.CHECKED_BYTES);
    check(slot);
    assertEquals(new Slot.Broken(), Slot.decode(0, Arrays.copyOf(slot, 511)));
  }

  private static void check(byte[] slot) {
    for (int index = 0; index < SlotMedium.SLOTS; index++) {
      if (Slot.decode(index, slot) instanceof Slot.Whole whole) {
        assertArrayEquals(slot, whole.encoded());
      }
    }
  }
}
