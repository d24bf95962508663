// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Changes over a {@link StateView} that stays as it is. Reads see the changes; every change can be
/// taken back to an earlier snapshot. Belongs to one thread. Protocol §13.1.
///
/// A block is one overlay over the final state, and each of its transactions an overlay over the
/// block's: so {@link #base} is the state in which the transaction began, {@link #storageBefore} is
/// the original value of EIP-2200, and a transaction that leaves no trace is an overlay that is
/// thrown away.
///
/// What was read once is kept, so a value is asked of the base at most once. A snapshot is a
/// position in the journal of changes: it costs nothing, and going back costs what was changed
/// since.
public final class Overlay implements StateView {
  private static final class AccountEntry {
    final Account before;
    Account now;
    @Nullable Map<UInt256, Slot> slots;

    /// Changes of the journal that stand. Each was to another account than the one before it.
    int changes;

    AccountEntry(Account before) {
      this.before = before;
      this.now = before;
    }

    /// Most were only read or changed once, and then no account need be looked at.
    boolean isChanged() {
      return changes == 1 || (changes > 1 && !now.equals(before));
    }
  }

  private static final class Slot {
    final UInt256 before;
    UInt256 now;

    Slot(UInt256 before) {
      this.before = before;
      this.now = before;
    }
  }

  /// What to put back: into an account, or into a slot.
  private sealed interface Change {
    void undo();
  }

  private record AccountChanged(AccountEntry entry, Account earlier) implements Change {
    @Override
    public void undo() {
      entry.now = earlier;
      entry.changes--;
    }
  }

  private record SlotChanged(Slot slot, UInt256 earlier) implements Change {
    @Override
    public void undo() {
      slot.now = earlier;
    }
  }

  private final StateView base;
  private final Map<Address, AccountEntry> accounts = new LinkedHashMap<>();
  private final Map<Hash, Bytes> codes = new LinkedHashMap<>();
  private final List<Change> journal = new ArrayList<>();

  /// No changes yet over `base`.
  public Overlay(StateView base) {
    this.base = base;
  }

  /// What lies beneath.
  public StateView base() {
    return base;
  }

  @Override
  public Account account(Address address) {
    return entry(address).now;
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    return slot(entry(address), address, key).now;
  }

  @Override
  public Bytes code(Hash codeHash) {
    Bytes own = codes.get(codeHash);
    return own != null ? own : base.code(codeHash);
  }

  @Override
  public int codeLength(Hash codeHash) {
    Bytes own = codes.get(codeHash);
    return own != null ? own.length() : base.codeLength(codeHash);
  }

  /// The code of the account at `address`.
  public Bytes codeAt(Address address) {
    return code(account(address).codeHash());
  }

  /// The account at `address` as it was before any change of this overlay.
  public Account accountBefore(Address address) {
    return entry(address).before;
  }

  /// The value of slot `key` of `address` as it was before any change of this overlay.
  public UInt256 storageBefore(Address address, UInt256 key) {
    return slot(entry(address), address, key).before;
  }

  /// The present moment, to come back to. A later snapshot is a larger number.
  public int snapshot() {
    return journal.size();
  }

  /// Takes back every change since `snapshot`. Snapshots made later are void.
  ///
  /// @throws IllegalArgumentException if there is no such snapshot
  public void revertTo(int snapshot) {
    if (snapshot < 0 || snapshot > journal.size()) {
      throw new IllegalArgumentException("no snapshot " + snapshot + " in " + journal.size());
    }
    while (journal.size() > snapshot) {
      journal.removeLast().undo();
    }
  }

  /// Sets the nonce, an unsigned 64-bit number.
  public void setNonce(Address address, long nonce) {
    AccountEntry entry = entry(address);
    if (entry.now.nonce() != nonce) {
      change(entry, entry.now.withNonce(nonce));
    }
  }

  /// Sets the balance.
  public void setBalance(Address address, Amount balance) {
    AccountEntry entry = entry(address);
    if (!entry.now.balance().equals(balance)) {
      change(entry, entry.now.withBalance(balance));
    }
  }

  /// Adds to the balance.
  ///
  /// @throws ArithmeticException if it would reach 2^256 wei
  public void credit(Address address, Amount amount) {
    setBalance(address, account(address).balance().plus(amount));
  }

  /// Takes from the balance.
  ///
  /// @throws ArithmeticException if it is below `amount`
  public void debit(Address address, Amount amount) {
    setBalance(address, account(address).balance().minus(amount));
  }

  /// Gives the account this code; empty takes its code away.
  ///
  /// @return the hash of the code
  @CanIgnoreReturnValue
  public Hash setCode(Address address, Bytes code) {
    Hash hash = code.isEmpty() ? Account.EMPTY_CODE_HASH : Keccak256.hash(code);
    if (!code.isEmpty()) {
      codes.putIfAbsent(hash, code);
    }
    AccountEntry entry = entry(address);
    if (!entry.now.codeHash().equals(hash)) {
      change(entry, entry.now.withCodeHash(hash));
    }
    return hash;
  }

  /// Sets slot `key` of the storage of `address`; 0 removes it.
  public void setStorage(Address address, UInt256 key, UInt256 value) {
    change(slot(entry(address), address, key), value);
  }

  /// Removes the account with its balance, code and storage. Only an account that was no contract
  /// when this overlay began can go (EIP-6780): all of its storage was written here.
  ///
  /// @throws IllegalStateException if it was a contract
  public void destroy(Address address) {
    AccountEntry entry = entry(address);
    if (entry.before.hasCode() || entry.before.hasStorage() || entry.before.nonce() != 0) {
      throw new IllegalStateException("was there before, cannot be destroyed: " + address);
    }
    if (entry.slots != null) {
      for (Slot slot : entry.slots.values()) {
        change(slot, UInt256.ZERO);
      }
    }
    if (!entry.now.equals(Account.EMPTY)) {
      change(entry, Account.EMPTY);
    }
  }

  /// Makes every change of this overlay in `target` too, which is the base or a view that answered
  /// what the base answered.
  public void applyTo(Overlay target) {
    accounts.forEach((address, entry) -> {
      if (entry.isChanged()) {
        Bytes code = codes.get(entry.now.codeHash());
        if (code != null) {
          target.codes.putIfAbsent(entry.now.codeHash(), code);
        }
        target.change(target.entry(address), entry.now);
      }
      if (entry.slots != null) {
        entry.slots.forEach((key, slot) -> {
          if (!slot.now.equals(slot.before)) {
            target.setStorage(address, key, slot.now);
          }
        });
      }
    });
  }

  /// Whether all that this overlay read of its base, `now` answers too: then its changes are those
  /// that would have been made over `now`.
  public boolean readsHoldIn(StateView now) {
    for (Map.Entry<Address, AccountEntry> read : accounts.entrySet()) {
      Address address = read.getKey();
      AccountEntry entry = read.getValue();
      if (!entry.before.equals(now.account(address))) {
        return false;
      }
      if (entry.slots != null) {
        for (Map.Entry<UInt256, Slot> slot : entry.slots.entrySet()) {
          if (!slot.getValue().before.equals(now.storage(address, slot.getKey()))) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /// The accounts that differ from the base, ascending by address.
  public List<StateDiff.AccountChange> accountChanges() {
    return StateDiff.AccountChange.sorted(accountChangesAsMade());
  }

  /// The same in the order in which they were first asked for, which is how they lie in memory:
  /// whoever looks at all of them is fastest in this order.
  List<StateDiff.AccountChange> accountChangesAsMade() {
    List<StateDiff.AccountChange> changes = new ArrayList<>();
    accounts.forEach((address, entry) -> {
      if (entry.isChanged()) {
        changes.add(new StateDiff.AccountChange(address, entry.before, entry.now));
      }
    });
    return changes;
  }

  /// The slots that differ from the base, ascending by address, then by key.
  public List<StateDiff.StorageChange> storageChanges() {
    List<StateDiff.StorageChange> changes = new ArrayList<>();
    accounts.forEach((address, entry) -> {
      if (entry.slots != null) {
        entry.slots.forEach((key, slot) -> {
          if (!slot.now.equals(slot.before)) {
            changes.add(new StateDiff.StorageChange(address, key, slot.before, slot.now));
          }
        });
      }
    });
    changes.sort(
        Comparator.comparing(StateDiff.StorageChange::address)
            .thenComparing(StateDiff.StorageChange::key));
    return changes;
  }

  /// A view of the present state that keeps nothing of what it reads: several threads may read it
  /// while nobody changes this overlay and nobody reads through it. The base must bear that too.
  public StateView shared() {
    return new SharedView();
  }

  private final class SharedView implements StateView {
    private final StateView beneath = base instanceof Overlay overlay ? overlay.shared() : base;

    @Override
    public Account account(Address address) {
      AccountEntry entry = accounts.get(address);
      return entry != null ? entry.now : beneath.account(address);
    }

    @Override
    public UInt256 storage(Address address, UInt256 key) {
      AccountEntry entry = accounts.get(address);
      Slot slot = entry == null || entry.slots == null ? null : entry.slots.get(key);
      return slot != null ? slot.now : beneath.storage(address, key);
    }

    @Override
    public Bytes code(Hash codeHash) {
      Bytes own = codes.get(codeHash);
      return own != null ? own : beneath.code(codeHash);
    }

    @Override
    public int codeLength(Hash codeHash) {
      Bytes own = codes.get(codeHash);
      return own != null ? own.length() : beneath.codeLength(codeHash);
    }
  }

  private AccountEntry entry(Address address) {
    AccountEntry entry = accounts.get(address);
    if (entry == null) {
      entry = new AccountEntry(base.account(address));
      accounts.put(address, entry);
    }
    return entry;
  }

  private Slot slot(AccountEntry entry, Address address, UInt256 key) {
    Map<UInt256, Slot> slots = entry.slots;
    if (slots == null) {
      slots = new LinkedHashMap<>();
      entry.slots = slots;
    }
    Slot slot = slots.get(key);
    if (slot == null) {
      slot = new Slot(base.storage(address, key));
      slots.put(key, slot);
    }
    return slot;
  }

  private void change(AccountEntry entry, Account now) {
    journal.add(new AccountChanged(entry, entry.now));
    entry.now = now;
    entry.changes++;
  }

  private void change(Slot slot, UInt256 now) {
    if (!slot.now.equals(now)) {
      journal.add(new SlotChanged(slot, slot.now));
      slot.now = now;
    }
  }
}
