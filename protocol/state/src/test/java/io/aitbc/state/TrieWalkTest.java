// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TrieWalkTest { // Protocol §13.2
  private static final Address ACCOUNT =
      Address.fromHex("0x00000000000000000000000000000000000000aa");
  private static final int STATES = 60;

  @Test
  void slotsComeInTheOrderOfTheirHashesFromAnyHashOn() {
    Seed.forAll(
        1,
        STATES,
        seed -> {
          SortedMap<Hash, UInt256> numbers = new TreeMap<>();
          MemoryState state = state(seed, numbers);
          Hash from = from(seed, numbers);
          int max = seed.between(1, 80);
          List<Hash> expected = numbers.tailMap(from).keySet().stream().limit(max).toList();
          List<TriePlace.Entry> walked = state.slots(ACCOUNT, from, max);
          assertEquals(expected, walked.stream().map(TriePlace.Entry::key).toList());
          for (TriePlace.Entry each : walked) {
            UInt256 number = Objects.requireNonNull(numbers.get(each.key()));
            assertEquals(TriePlace.Entry.of(number, state.storage(ACCOUNT, number)), each);
          }
          assertEquals(numbers, state.slotNumbers(ACCOUNT, new TreeSet<>(numbers.keySet())));
        });
  }

  /// A state in which the account and another have slots.
  private static MemoryState state(Seed seed, SortedMap<Hash, UInt256> numbers) {
    MemoryState state = new MemoryState();
    Overlay overlay = new Overlay(state);
    overlay.setBalance(ACCOUNT, Amount.aitbc(1));
    overlay.setStorage(Address.ZERO, UInt256.ONE, UInt256.ONE);
    int slots = seed.between(0, 70);
    for (int i = 0; i < slots; i++) {
      UInt256 number = UInt256.of(seed.below(1 << 20));
      overlay.setStorage(ACCOUNT, number, UInt256.of(seed.between(1, 1 << 20)));
      numbers.put(StateTrie.hash(number), number);
    }
    state.apply(StateTrie.diff(state, overlay, Workers.NONE));
    return state;
  }

  /// The least hash, the hash of a slot, or the one behind it.
  private static Hash from(Seed seed, SortedMap<Hash, UInt256> numbers) {
    if (numbers.isEmpty() || seed.chance(1, 4)) {
      return Hash.ZERO;
    }
    byte[] key = seed.pick(List.copyOf(numbers.keySet())).toArray();
    if (seed.chance(1, 2)) {
      key[key.length - 1]++;
    }
    return Hash.of(key);
  }
}
