// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.FinalState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateTrie;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// What accounts and slots held before some blocks, or hold after them: with the state on the other
/// side enough to read this one. Protocol §13.4.
final class Values {
  private final Map<Address, Account> accounts = new HashMap<>();
  private final Map<StateCache.SlotKey, UInt256> slots = new HashMap<>();

  /// Adds what a block replaced. Blocks are added in ascending order: what the first that changes a
  /// key found is what stands.
  void addBefore(StateDiff changes) {
    changes.accounts().forEach(change -> accounts.putIfAbsent(change.address(), change.before()));
    changes
        .storage()
        .forEach(change ->
            slots.putIfAbsent(
                new StateCache.SlotKey(change.address(), change.key()), change.before()));
  }

  /// Adds what a block made. Blocks are added in ascending order: what the last that changes a key
  /// makes is what stands.
  void addAfter(StateDiff changes) {
    changes.accounts().forEach(change -> accounts.put(change.address(), change.after()));
    changes
        .storage()
        .forEach(change ->
            slots.put(new StateCache.SlotKey(change.address(), change.key()), change.after()));
  }

  /// The account at `address`, which `other` has where no block changed it.
  Account account(Address address, FinalState other) {
    Account account = accounts.get(address);
    return account != null ? account : other.account(address);
  }

  /// The slot's value, which `other` has where no block changed it.
  UInt256 storage(Address address, UInt256 key, FinalState other) {
    UInt256 value = slots.get(new StateCache.SlotKey(address, key));
    return value != null ? value : other.storage(address, key);
  }

  /// The numbers of an account's changed slots that have these hashes.
  SortedMap<Hash, UInt256> slotNumbers(Address address, SortedSet<Hash> hashes) {
    SortedMap<Hash, UInt256> numbers = new TreeMap<>();
    for (StateCache.SlotKey key : slots.keySet()) {
      if (key.address().equals(address)) {
        Hash hash = Keccak256.hash(key.slot().toArray());
        if (hashes.contains(hash)) {
          numbers.put(hash, key.slot());
        }
      }
    }
    return numbers;
  }

  /// How many accounts and slots were changed.
  int size() {
    return accounts.size() + slots.size();
  }

  /// The way from the state on the other side to this one, tries included.
  ///
  /// @throws DiskException if it does not lead to `root`
  StateDiff diff(FinalState other, Hash root) {
    Overlay overlay = new Overlay(other);
    accounts.forEach((address, account) -> {
      // The storage root follows from the slots.
      overlay.setNonce(address, account.nonce());
      overlay.setBalance(address, account.balance());
      if (!overlay.account(address).codeHash().equals(account.codeHash())) {
        overlay.setCode(address, overlay.code(account.codeHash()));
      }
    });
    slots.forEach((key, value) -> overlay.setStorage(key.address(), key.slot(), value));
    StateDiff diff = StateTrie.diff(other, overlay, Workers.NONE);
    if (!diff.rootAfter().equals(root)) {
      throw new DiskException(
          "the changes kept lead from state root %s to %s, not to %s"
              .formatted(diff.rootBefore(), diff.rootAfter(), root));
    }
    return diff;
  }
}
