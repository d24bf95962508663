// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.util.SortedMap;
import java.util.TreeMap;

/// Random states and changes, and their roots made from scratch by other code.
final class RandomStates {
  private RandomStates() {}

  /// One of `count` addresses.
  static Address address(int index) {
    return new Address(
        Bytes.of(Keccak256.hash(Bytes.of((byte) index, (byte) (index >> 8))).toArray(), 0, 20));
  }

  /// Changes `count` random things among `addresses` accounts.
  static void change(Seed seed, Overlay overlay, int addresses, int count) {
    for (int i = 0; i < count; i++) {
      Address address = address(seed.below(addresses));
      switch (seed.below(6)) {
        case 0 -> overlay.setBalance(address, Amount.wei(seed.magnitude()));
        case 1 -> overlay.setNonce(address, seed.below(3));
        case 2 -> overlay.setBalance(address, Amount.ZERO);
        case 3 -> overlay.setCode(address, Bytes.of(seed.bytes(seed.below(3))));
        default -> {
          // Storage belongs to accounts with code.
          overlay.setNonce(address, 1);
          overlay.setStorage(
              address,
              UInt256.of(seed.below(20)),
              UInt256.of(seed.chance(1, 3) ? 0 : seed.magnitude()));
        }
      }
    }
  }

  /// The next state, and the diff to it applied.
  static StateDiff advance(MemoryState state, Overlay overlay, Workers workers) {
    StateDiff diff = StateTrie.diff(state, overlay, workers);
    state.apply(diff);
    return diff;
  }

  /// Root of what `view` holds in the first `addresses` accounts and 20 slots of each.
  static Hash rootFromScratch(StateView view, int addresses) {
    SortedMap<Bytes, Bytes> accounts = new TreeMap<>();
    for (int i = 0; i < addresses; i++) {
      Address address = address(i);
      SortedMap<Bytes, Bytes> slots = new TreeMap<>();
      for (int key = 0; key < 20; key++) {
        UInt256 value = view.storage(address, UInt256.of(key));
        if (!value.isZero()) {
          slots.put(Keccak256.hash(UInt256.of(key).toArray()).toBytes(), StateTrie.encoded(value));
        }
      }
      Account account = view.account(address).withStorageRoot(TrieRoot.of(slots));
      if (!account.equals(Account.EMPTY)) {
        accounts.put(Keccak256.hash(address.bytes()).toBytes(), account.encoded());
      }
    }
    return TrieRoot.of(accounts);
  }
}
