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
import io.aitbc.state.StateDiff.NodeChange;
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

  /// All that `changes`, an overlay over `before`, makes of it, with the state root after.
  public static StateDiff diff(FinalState before, Overlay changes, Workers workers) {
    List<NodeChange> ofStorage = new ArrayList<>();
    List<StorageChange> storage = changes.storageChanges();
    Map<Address, Hash> roots = storageRoots(before, changes, storage, ofStorage, workers);
    List<AccountChange> accounts = withRoots(changes, roots);
    // Hashed as they lie in memory, and only then sorted.
    Put[] puts = new Put[accounts.size()];
    workers.forEach(
        puts.length,
        i -> {
          AccountChange change = accounts.get(i);
          boolean gone = change.after().equals(Account.EMPTY);
          puts[i] = new Put(key(change.address()), gone ? null : change.after().encodedArray());
        });
    List<NodeChange> nodes = new ArrayList<>();
    Hash rootAfter = update(before, null, before.root(), puts, nodes, workers);
    // The paths of storage tries come after those of the trie of accounts.
    ofStorage.sort(null);
    nodes.addAll(ofStorage);
    return new StateDiff(
        before.root(),
        rootAfter,
        AccountChange.sorted(accounts),
        storage,
        codes(before, changes, accounts),
        nodes);
  }

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

  /// The storage roots after, of the accounts whose storage changes.
  private static Map<Address, Hash> storageRoots(
      FinalState before,
      Overlay changes,
      List<StorageChange> storage,
      List<NodeChange> nodes,
      Workers workers) {
    List<List<StorageChange>> groups = byAccount(storage);
    Hash[] roots = new Hash[groups.size()];
    List<List<NodeChange>> nodesOf = new ArrayList<>();
    groups.forEach(_ -> nodesOf.add(new ArrayList<>()));
    IntConsumer small =
        i -> {
          if (groups.get(i).size() < SPLIT_CHANGES_MIN) {
            roots[i] = storageRoot(before, changes, groups.get(i), nodesOf.get(i), Workers.NONE);
          }
        };
    // What an overlay read it keeps; here only kept accounts are read, so threads do not collide.
    workers.forEach(groups.size(), small);
    Map<Address, Hash> byAddress = new TreeMap<>();
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).size() >= SPLIT_CHANGES_MIN) {
        roots[i] = storageRoot(before, changes, groups.get(i), nodesOf.get(i), workers);
      }
      byAddress.put(groups.get(i).getFirst().address(), roots[i]);
      nodes.addAll(nodesOf.get(i));
    }
    return byAddress;
  }

  private static Hash storageRoot(
      FinalState before,
      Overlay changes,
      List<StorageChange> slots,
      List<NodeChange> nodes,
      Workers workers) {
    Address address = slots.getFirst().address();
    Put[] puts = new Put[slots.size()];
    workers.forEach(
        puts.length,
        i -> {
          UInt256 value = slots.get(i).after();
          puts[i] =
              new Put(key(slots.get(i).key()), value.isZero() ? null : encoded(value).toArray());
        });
    Hash root = changes.accountBefore(address).storageRoot();
    return update(before, hash(address), root, puts, nodes, workers);
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
  private static List<AccountChange> withRoots(Overlay changes, Map<Address, Hash> roots) {
    List<AccountChange> accounts = changes.accountChangesAsMade();
    if (roots.isEmpty()) {
      return accounts;
    }
    accounts.removeIf(change -> roots.containsKey(change.address()));
    roots.forEach((address, root) -> {
      AccountChange change =
          new AccountChange(
              address,
              changes.accountBefore(address),
              changes.account(address).withStorageRoot(root));
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

  /// Brings one trie up to date, adds the stored nodes that change to `nodes`, ascending by path,
  /// and returns its root.
  static Hash update(
      FinalState before,
      @Nullable Hash owner,
      Hash root,
      Put[] puts,
      List<NodeChange> nodes,
      Workers workers) {
    if (puts.length == 0) {
      return root;
    }
    Put.sort(puts);
    TrieUpdate whole = new TrieUpdate(before, owner, puts);
    TrieNode top = whole.root(root);
    NodeChanges changed = new NodeChanges();
    boolean split = puts.length >= SPLIT_CHANGES_MIN;
    if (split && top instanceof TrieNode.Branch branch) {
      updateSplit(branch, whole, puts.length, changed, workers);
      top = whole.settle(branch, 0);
    } else {
      top = whole.update(top, 0, 0, puts.length);
    }
    if (split && top instanceof TrieNode.Branch branch) {
      sealSplit(branch, whole, changed, workers);
    }
    if (top != null) {
      whole.seal(top, 0);
    }
    changed.addAll(whole.changes());
    nodes.addAll(changed.sorted());
    return TrieUpdate.hash(top);
  }

  private static void updateSplit(
      TrieNode.Branch branch, TrieUpdate whole, int puts, NodeChanges changed, Workers workers) {
    List<TrieUpdate> parts = new ArrayList<>();
    @Nullable TrieNode[] children = new @Nullable TrieNode[TrieNode.WIDTH];
    List<Runnable> tasks = new ArrayList<>();
    int to = puts;
    for (int nibble = TrieNode.WIDTH - 1; nibble >= 0; nibble--) {
      int high = to;
      int low = whole.startOf(nibble, 0, 0, high);
      int place = nibble;
      TrieUpdate part = whole.part();
      parts.add(part);
      children[nibble] = branch.child(nibble);
      tasks.add(() -> children[place] = part.updateAt(place, children[place], low, high));
      to = low;
    }
    workers.run(tasks);
    for (int nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
      branch.put(nibble, children[nibble]);
    }
    parts.forEach(part -> changed.addAll(part.changes()));
  }

  private static void sealSplit(
      TrieNode.Branch branch, TrieUpdate whole, NodeChanges changed, Workers workers) {
    List<TrieUpdate> parts = new ArrayList<>();
    List<Runnable> tasks = new ArrayList<>();
    for (int nibble = TrieNode.WIDTH - 1; nibble >= 0; nibble--) {
      int place = nibble;
      TrieUpdate part = whole.part();
      parts.add(part);
      tasks.add(() -> part.sealChild(branch, place, 0));
    }
    workers.run(tasks);
    parts.forEach(part -> changed.addAll(part.changes()));
  }
}
