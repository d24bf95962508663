// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OverlayTest { // Protocol §13.1
  private static final int ADDRESSES = 6;
  private static final Address SOMEBODY = RandomStates.address(1);

  /// The same operations on maps that are copied for every snapshot.
  private record Model(
      SortedMap<Address, Amount> balances,
      SortedMap<Address, Long> nonces,
      SortedMap<Address, Bytes> codes,
      SortedMap<String, UInt256> slots) {
    Model() {
      this(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    }

    Model copy() {
      return new Model(
          new TreeMap<>(balances),
          new TreeMap<>(nonces),
          new TreeMap<>(codes),
          new TreeMap<>(slots));
    }
  }

  private record Moment(int snapshot, Model model) {}

  @Test
  void aRevertedOverlayIsWhatItWasAtTheSnapshot() {
    Seed.forAll(
        1,
        300,
        seed -> {
          Overlay overlay = new Overlay(new MemoryState());
          Model model = new Model();
          Deque<Moment> moments = new ArrayDeque<>();
          for (int step = 0; step < 60; step++) {
            Address address = RandomStates.address(seed.below(ADDRESSES));
            switch (seed.below(7)) {
              case 0 -> moments.push(new Moment(overlay.snapshot(), model.copy()));
              case 1 -> {
                int back = seed.below(3);
                while (back-- > 0 && moments.size() > 1) {
                  var _ = moments.pop();
                }
                if (!moments.isEmpty()) {
                  Moment moment = moments.pop();
                  overlay.revertTo(moment.snapshot);
                  model = moment.model;
                }
              }
              default -> change(seed, overlay, model, address);
            }
            check(overlay, model);
          }
        });
  }

  private static void change(Seed seed, Overlay overlay, Model model, Address address) {
    switch (seed.below(5)) {
      case 0 -> {
        Amount amount = Amount.wei(seed.below(4));
        overlay.credit(address, amount);
        model.balances.merge(address, amount, Amount::plus);
      }
      case 1 -> {
        long nonce = seed.below(3);
        overlay.setNonce(address, nonce);
        model.nonces.put(address, nonce);
      }
      case 2 -> {
        Bytes code = Bytes.of(seed.bytes(seed.below(3)));
        overlay.setCode(address, code);
        model.codes.put(address, code);
      }
      case 3 -> {
        overlay.destroy(address);
        model.balances.remove(address);
        model.nonces.remove(address);
        model.codes.remove(address);
        model.slots.keySet().removeIf(slot -> slot.startsWith(address.toString()));
      }
      default -> {
        long key = seed.below(3);
        UInt256 value = UInt256.of(seed.below(3));
        overlay.setStorage(address, UInt256.of(key), value);
        model.slots.put(address + "/" + key, value);
      }
    }
  }

  private static void check(Overlay overlay, Model model) {
    for (int i = 0; i < ADDRESSES; i++) {
      Address address = RandomStates.address(i);
      Account account = overlay.account(address);
      assertEquals(model.balances.getOrDefault(address, Amount.ZERO), account.balance());
      assertEquals(model.nonces.getOrDefault(address, 0L), account.nonce());
      Bytes code = model.codes.getOrDefault(address, Bytes.EMPTY);
      assertEquals(code, overlay.codeAt(address));
      assertEquals(code.length(), overlay.codeLength(overlay.account(address).codeHash()));
      for (int key = 0; key < 3; key++) {
        assertEquals(
            model.slots.getOrDefault(address + "/" + key, UInt256.ZERO),
            overlay.storage(address, UInt256.of(key)));
      }
    }
  }

  @Test
  void transactionsInOverlaysOfTheirOwnGiveWhatOneOverlayGives() {
    Seed.forAll(
        1,
        50,
        seed -> {
          MemoryState state = new MemoryState();
          Overlay before = new Overlay(state);
          RandomStates.change(seed, before, ADDRESSES, 30);
          var _ = RandomStates.advance(state, before, Workers.NONE);
          Overlay whole = new Overlay(state);
          Overlay block = new Overlay(state);
          for (int transaction = 0; transaction < 5; transaction++) {
            long origin = seed.nextLong();
            Overlay own = new Overlay(block);
            RandomStates.change(Seed.of(origin), own, ADDRESSES, 10);
            own.applyTo(block);
            RandomStates.change(Seed.of(origin), whole, ADDRESSES, 10);
            StateDiff expected = StateTrie.diff(state, whole, Workers.NONE);
            assertEquals(expected, StateTrie.diff(state, block, Workers.NONE));
            assertEquals(
                RandomStates.rootFromScratch(block.shared(), ADDRESSES), expected.rootAfter());
          }
        });
  }

  @Test
  void theValueBeforeIsThatOfTheBaseWhateverWasWritten() {
    Overlay block = new Overlay(new MemoryState());
    block.setStorage(SOMEBODY, UInt256.ONE, UInt256.of(7));
    Overlay transaction = new Overlay(block);
    transaction.setStorage(SOMEBODY, UInt256.ONE, UInt256.of(8));
    assertEquals(UInt256.of(7), transaction.storageBefore(SOMEBODY, UInt256.ONE));
  }

  @Test // EIP-6780
  void anAccountCreatedInTheTransactionIsDestroyedWithItsStorage() {
    MemoryState state = new MemoryState();
    Overlay block = new Overlay(state);
    Overlay transaction = new Overlay(block);
    transaction.setNonce(SOMEBODY, 1);
    transaction.setCode(SOMEBODY, Bytes.of((byte) 1));
    transaction.setStorage(SOMEBODY, UInt256.ONE, UInt256.of(7));
    transaction.destroy(SOMEBODY);
    transaction.applyTo(block);
    assertEquals(UInt256.ZERO, block.storage(SOMEBODY, UInt256.ONE));
    assertEquals(List.of(), block.storageChanges());
    assertEquals(List.of(), block.accountChanges());
  }

  @Test // EIP-6780
  void aContractFromBeforeTheTransactionIsNotDestroyed() {
    Overlay block = new Overlay(new MemoryState());
    block.setNonce(SOMEBODY, 1);
    Overlay transaction = new Overlay(block);
    assertThrows(IllegalStateException.class, () -> transaction.destroy(SOMEBODY));
  }

  @Test // EIP-161
  void anAccountThatBecomesEmptyLeavesTheState() {
    MemoryState state = new MemoryState();
    Overlay first = new Overlay(state);
    first.credit(SOMEBODY, Amount.wei(5));
    var _ = RandomStates.advance(state, first, Workers.NONE);
    Overlay second = new Overlay(state);
    second.debit(SOMEBODY, Amount.wei(5));
    var _ = RandomStates.advance(state, second, Workers.NONE);
    assertEquals(new MemoryState(), state);
  }

  @Test
  void moreThanTheBalanceCannotBeTaken() {
    Overlay overlay = new Overlay(new MemoryState());
    assertThrows(ArithmeticException.class, () -> overlay.debit(SOMEBODY, Amount.wei(1)));
  }
}
