// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.UInt256;
import io.aitbc.state.StateDiff.AccountChange;
import io.aitbc.state.StateDiff.CodeChange;
import io.aitbc.state.StateDiff.StorageChange;
import io.aitbc.state.TrieUpdate.Put;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The tries over accounts and storage, brought from one final state to the next. Only the nodes on
/// the way to what changed are read, hashed and written. The result does not depend on how many
/// tasks run at once. Protocol §13.2.
public final class StateTrie {
  /// Changes of one trie from which on its 16 sub-tries are tasks of their own. Below, the
  /// hand-over costs more than the hashing.
  private static final int SPLIT_CHANGES_MIN = 256;

  private StateTrie() {}

  /// All that `changes`, an overlay over `before`, makes of it, with the tries after.
  public static StateDiff diff(FinalState before, Overlay changes, Workers workers) {
    List<NodePath> vacated = new ArrayList<>();
    List<StorageChange> storage = changes.storageChanges();
    Map<Address, StorageTrie> tries = storageTries(before, storage, vacated, workers);
    List<AccountChange> accounts = withRoots(changes, tries);
    // Hashed as they lie in memory, and only then sorted.
    Put[] puts = new Put[accounts.size()];
    workers.forEach(puts.length, i -> puts[i] = put(accounts.get(i), tries));
    TrieReader reader = new TrieReader(before, null, true);
    TrieNode top = update(reader, before.trie().top(reader), puts, vacated, workers);
    vacated.sort(null);
    return new StateDiff(
        before.trie(),
        Trie.of(top),
        AccountChange.sorted(accounts),
        storage,
        codes(before, changes, accounts),
        vacated);
  }

  private static Put put(AccountChange change, Map<Address, StorageTrie> tries) {
    byte[] key = key(change.address());
    boolean gone = change.after().equals(Account.EMPTY);
    byte[] value = gone ? null : change.after().encodedArray();
    StorageTrie storage = tries.isEmpty() ? null : tries.get(change.address());
    return storage == null ? new Put(key, value) : Put.withStorage(key, value, storage.top);
  }

  /// The storage trie of an account after a change.
  private record StorageTrie(Hash root, @Nullable TrieNode top) {}

  /// Key of an account in the trie of accounts.
  static Hash hash(Address address) {
    return Hash.of(key(address));
  }

  /// Key of a slot in a storage trie.
  static Hash hash(UInt256 slot) {
    return Keccak256.hash(slot.toArray());
  }

  /// The bytes of {@link #hash(Address)}, made in their own place.
  private static byte[] key(Address address) {
    byte[] key = new byte[Hash.BYTES];
    address.copyTo(key, 0);
    Keccak256.hash(key, 0, Address.BYTES, key, 0);
    return key;
  }

  /// The bytes of {@link #hash(UInt256)}, made in their own place.
  private static byte[] key(UInt256 slot) {
    byte[] key = slot.toArray();
    Keccak256.hash(key, 0, UInt256.BYTES, key, 0);
    return key;
  }

  /// The storage tries after, of the accounts whose storage changes.
  private static Map<Address, StorageTrie> storageTries(
      FinalState before, List<StorageChange> storage, List<NodePath> vacated, Workers workers) {
    List<List<StorageChange>> groups = byAccount(storage);
    StorageTrie[] tries = new StorageTrie[groups.size()];
    List<List<NodePath>> vacatedOf = new ArrayList<>();
    groups.forEach(_ -> vacatedOf.add(new ArrayList<>()));
    IntConsumer small =
        i -> {
          if (groups.get(i).size() < SPLIT_CHANGES_MIN) {
            tries[i] = storageTrie(before, groups.get(i), vacatedOf.get(i), Workers.NONE);
          }
        };
    workers.forEach(groups.size(), small);
    Map<Address, StorageTrie> byAddress = new TreeMap<>();
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).size() >= SPLIT_CHANGES_MIN) {
        tries[i] = storageTrie(before, groups.get(i), vacatedOf.get(i), workers);
      }
      byAddress.put(groups.get(i).getFirst().address(), tries[i]);
      vacated.addAll(vacatedOf.get(i));
    }
    return byAddress;
  }

  private static StorageTrie storageTrie(
      FinalState before, List<StorageChange> slots, List<NodePath> vacated, Workers workers) {
    Put[] puts = new Put[slots.size()];
    workers.forEach(
        puts.length,
        i -> {
          UInt256 value = slots.get(i).after();
          puts[i] =
              new Put(key(slots.get(i).key()), value.isZero() ? null : encoded(value).toArray());
        });
    Hash owner = hash(slots.getFirst().address());
    TrieReader accounts = new TrieReader(before, null, true);
    TrieNode top = accounts.storage(before.trie().top(accounts), owner);
    TrieNode after = update(accounts.ofStorage(owner), top, puts, vacated, workers);
    return new StorageTrie(Trie.hash(after), after);
  }

  /// Value of a slot in a storage trie.
  static Bytes encoded(UInt256 value) {
    return new RlpWriter(UInt256.BYTES + 1).number(value).toBytes();
  }

  private static List<List<StorageChange>> byAccount(List<StorageChange> storage) {
    List<List<StorageChange>> groups = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= storage.size(); to++) {
      if (to == storage.size() || !storage.get(to).address().equals(storage.get(from).address())) {
        groups.add(storage.subList(from, to));
        from = to;
      }
    }
    return groups;
  }

  /// The changes of accounts, storage roots included, in any order.
  private static List<AccountChange> withRoots(Overlay changes, Map<Address, StorageTrie> tries) {
    List<AccountChange> accounts = changes.accountChangesAsMade();
    if (tries.isEmpty()) {
      return accounts;
    }
    accounts.removeIf(change -> tries.containsKey(change.address()));
    tries.forEach((address, storage) -> {
      AccountChange change =
          new AccountChange(
              address,
              changes.accountBefore(address),
              changes.account(address).withStorageRoot(storage.root));
      if (!change.before().equals(change.after())) {
        accounts.add(change);
      }
    });
    return accounts;
  }

  private static List<CodeChange> codes(
      FinalState before, Overlay changes, List<AccountChange> accounts) {
    SortedMap<Hash, CodeChange> codes = new TreeMap<>();
    for (AccountChange change : accounts) {
      Hash hash = change.after().codeHash();
      if (change.after().hasCode()
          && !hash.equals(change.before().codeHash())
          && before.findCode(hash).isEmpty()) {
        codes.put(hash, new CodeChange(hash, Bytes.EMPTY, changes.code(hash)));
      }
    }
    return new ArrayList<>(codes.values());
  }

  /// What the trie below `top`, which `reader` reads, becomes by `puts`, each key once; adds the
  /// places it leaves to `vacated`.
  static @Nullable TrieNode update(
      TrieReader reader,
      @Nullable TrieNode top,
      Put[] puts,
      List<NodePath> vacated,
      Workers workers) {
    if (puts.length == 0) {
      return top;
    }
    Put.sort(puts);
    TrieUpdate whole = new TrieUpdate(reader, puts);
    TrieNode updated =
        puts.length >= SPLIT_CHANGES_MIN && top instanceof TrieNode.Branch branch
            ? updateSplit(branch, whole, puts, vacated, workers)
            : whole.update(top, 0, 0, puts.length);
    vacated.addAll(whole.vacated());
    return updated;
  }

  @SuppressWarnings("ReferenceEquality") // An update that changes nothing gives back the object.
  private static @Nullable TrieNode updateSplit(
      TrieNode.Branch branch,
      TrieUpdate whole,
      Put[] puts,
      List<NodePath> vacated,
      Workers workers) {
    @Nullable TrieNode[] children = new @Nullable TrieNode[TrieNode.WIDTH];
    List<TrieUpdate> parts = new ArrayList<>();
    List<Runnable> tasks = new ArrayList<>();
    int touched = 0;
    int from = 0;
    while (from < puts.length) {
      int low = from;
      int nibble = puts[low].nibble(0);
      int high = whole.endOf(nibble, 0, low, puts.length);
      TrieUpdate part = whole.part();
      parts.add(part);
      tasks.add(() -> children[nibble] = part.updateChild(branch, nibble, low, high));
      touched |= 1 << nibble;
      from = high;
    }
    workers.run(tasks);
    parts.forEach(part -> vacated.addAll(part.vacated()));
    int changed = 0;
    for (int nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
      boolean same = (touched >>> nibble & 1) == 0 || children[nibble] == branch.known(nibble);
      changed |= same ? 0 : 1 << nibble;
    }
    TrieNode updated = whole.withChildren(branch, 0, changed, children);
    if (updated == null) {
      vacated.add(whole.rootPlace());
    }
    return updated;
  }
}
