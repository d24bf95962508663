// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.UInt256;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// What a block changes in the state, with what was there before: it rolls the state forward, and
/// inverted it rolls it back. Every list is ascending by its key and holds each key once. Protocol
/// §13.4.
///
/// @param before tries of the parent's state
/// @param after tries of the block's state. Of a diff that was decoded nothing of either is in
///   memory: it has no trie to give to a state that does not read from a store
/// @param accounts by address
/// @param storage by address, then key
/// @param codes by hash
/// @param vacated places where a trie node of the parent's state stands and none of the block's;
///   some may be named where none stands in either. A diff that was inverted or decoded names none,
///   so a store of nodes by place makes the diff that it writes anew
public record StateDiff(
    Trie before,
    Trie after,
    List<AccountChange> accounts,
    List<StorageChange> storage,
    List<CodeChange> codes,
    List<NodePath> vacated) {

  /// One account's change; {@link Account#EMPTY} stands for none.
  public record AccountChange(Address address, Account before, Account after) {
    /// Sorted by address.
    static List<AccountChange> sorted(List<AccountChange> changes) {
      AccountChange[] sorted = changes.toArray(new AccountChange[0]);
      BeginningSort.sort(
          sorted,
          change -> change.address.firstLong(),
          Comparator.comparing(AccountChange::address));
      return Arrays.asList(sorted);
    }
  }

  /// One storage slot's change; 0 stands for none.
  public record StorageChange(Address address, UInt256 key, UInt256 before, UInt256 after) {}

  /// A code that comes, or goes when a block is rolled back; the empty string stands for none.
  public record CodeChange(Hash hash, Bytes before, Bytes after) {}

  /// Copies the lists.
  public StateDiff {
    accounts = List.copyOf(accounts);
    storage = List.copyOf(storage);
    codes = List.copyOf(codes);
    vacated = List.copyOf(vacated);
  }

  /// A diff between states with these roots, none of whose trie nodes is in memory.
  public static StateDiff ofValues(
      Hash rootBefore,
      Hash rootAfter,
      List<AccountChange> accounts,
      List<StorageChange> storage,
      List<CodeChange> codes) {
    return new StateDiff(
        Trie.unread(rootBefore), Trie.unread(rootAfter), accounts, storage, codes, List.of());
  }

  /// State root of the parent.
  public Hash rootBefore() {
    return before.root();
  }

  /// State root of the block.
  public Hash rootAfter() {
    return after.root();
  }

  /// The diff from the state after to the state before.
  @SuppressWarnings("ArgumentSelectionDefectChecker") // Swapped, for that is what it does.
  public StateDiff inverted() {
    return new StateDiff(
        after,
        before,
        accounts.stream().map(c -> new AccountChange(c.address, c.after, c.before)).toList(),
        storage.stream().map(c -> new StorageChange(c.address, c.key, c.after, c.before)).toList(),
        codes.stream().map(c -> new CodeChange(c.hash, c.after, c.before)).toList(),
        List.of());
  }

  /// The canonical encoding. Protocol §13.4.
  public Bytes encoded() {
    RlpWriter writer = new RlpWriter(1024);
    writer.begin().hash(rootBefore()).hash(rootAfter());
    writer.list(
        accounts,
        (to, change) -> {
          to.begin().address(change.address);
          change.before.write(to);
          change.after.write(to);
          to.end();
        });
    writer.list(
        storage,
        (to, change) ->
            to.begin()
                .address(change.address)
                .number(change.key)
                .number(change.before)
                .number(change.after)
                .end());
    writer.list(
        codes,
        (to, change) ->
            to.begin().hash(change.hash).string(change.before).string(change.after).end());
    return writer.end().toBytes();
  }

  /// Reads what {@link #encoded} wrote.
  ///
  /// @throws MalformedException if it is no such encoding, or a list is not ascending, or a change
  ///   changes nothing
  public static StateDiff decode(Bytes encoding) throws MalformedException {
    RlpReader reader = RlpReader.of(encoding);
    RlpReader fields = reader.list();
    reader.finish();
    StateDiff diff =
        ofValues(
            fields.hash(),
            fields.hash(),
            fields.list(Integer.MAX_VALUE, StateDiff::account),
            fields.list(Integer.MAX_VALUE, StateDiff::slot),
            fields.list(Integer.MAX_VALUE, StateDiff::code));
    fields.finish();
    ascending(fields, diff.accounts, Comparator.comparing(AccountChange::address));
    ascending(
        fields,
        diff.storage,
        Comparator.comparing(StorageChange::address).thenComparing(StorageChange::key));
    ascending(fields, diff.codes, Comparator.comparing(CodeChange::hash));
    return diff;
  }

  private static AccountChange account(RlpReader list) throws MalformedException {
    RlpReader fields = list.list();
    var change = new AccountChange(fields.address(), Account.read(fields), Account.read(fields));
    return changed(fields, change, AccountChange::before, AccountChange::after);
  }

  private static StorageChange slot(RlpReader list) throws MalformedException {
    RlpReader fields = list.list();
    var change =
        new StorageChange(
            fields.address(), fields.number256(), fields.number256(), fields.number256());
    return changed(fields, change, StorageChange::before, StorageChange::after);
  }

  private static CodeChange code(RlpReader list) throws MalformedException {
    RlpReader fields = list.list();
    var change = new CodeChange(fields.hash(), fields.string(), fields.string());
    return changed(fields, change, CodeChange::before, CodeChange::after);
  }

  private static <C, V> C changed(
      RlpReader fields, C change, Function<C, V> before, Function<C, V> after)
      throws MalformedException {
    fields.finish();
    if (before.apply(change).equals(after.apply(change))) {
      throw fields.refuse("change", "to what it was");
    }
    return change;
  }

  private static <C> void ascending(RlpReader fields, List<C> changes, Comparator<C> order)
      throws MalformedException {
    for (int i = 1; i < changes.size(); i++) {
      if (order.compare(changes.get(i - 1), changes.get(i)) >= 0) {
        throw fields.refuse("order", i);
      }
    }
  }
}
