// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Log;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The state while one transaction runs: accounts and slots it mentioned, which of them are warm,
/// transient storage, logs and the refund. Every change can be taken back to a mark; what stands in
/// the end is written to an {@link Overlay}. Protocol §14.6.
///
/// Accounts are objects that the machine keeps hold of, slots are places in flat tables, with their
/// numbers in limbs, so that a warm access is one lookup and no allocation. A value is asked of the
/// view below at most once.
final class TransactionState {
  private final StateView view;
  private final CodeCache codes;
  private final AccountTable accounts;
  private final SlotTable slots;
  private final SlotTable transients;
  private final Map<Hash, Bytes> deployed = new LinkedHashMap<>();
  private final Journal journal;
  private final List<Log> logs = new ArrayList<>();
  private final long[] sum = new long[8];
  private long refund;
  private int refundNoted = Journal.NOWHERE;

  /// Nothing mentioned yet.
  ///
  /// @param workspace has tables to use, which no other transaction's state does from here on
  /// @param secret the block's random value, see {@link Mixing}
  TransactionState(
      Workspace workspace, StateView view, CodeCache codes, Precompiles precompiles, Hash secret) {
    this.view = view;
    this.codes = codes;
    Mixing mixing = new Mixing(secret);
    accounts = new AccountTable(mixing, precompiles);
    slots = workspace.slots;
    transients = workspace.transients;
    journal = workspace.journal;
    slots.clear(mixing);
    transients.clear(mixing);
    journal.clear();
  }

  /// The account at `address`, with its content.
  LiveAccount account(Address address) {
    return loaded(mentioned(address));
  }

  /// The account at the address in the low 160 bits of the word at `w[at]`, with its content.
  LiveAccount account(long[] w, int at) {
    return loaded(accounts.account(w[at + 2] & 0xffffffffL, w[at + 1], w[at]));
  }

  private LiveAccount mentioned(Address address) {
    long[] word = new long[4];
    Words.set(address, word, 0);
    return accounts.account(word[2], word[1], word[0]);
  }

  private LiveAccount loaded(LiveAccount account) {
    if (account.before == null) {
      account.load(view.account(account.address));
    }
    return account;
  }

  /// Makes `address` warm from the start, without reading it.
  void announce(Address address) {
    mentioned(address).warm = true;
  }

  /// Makes the slot of `address` with this key warm from the start, without reading it.
  void announce(Address address, Hash key) {
    long[] word = new long[4];
    Words.set(key, word, 0);
    slots.warm(slots.slot(mentioned(address), word, 0));
  }

  /// What an access to `account` costs now; it is warm from here on (EIP-2929).
  long accessGas(LiveAccount account) {
    if (account.warm) {
      return GasCost.WARM;
    }
    account.warm = true;
    journal.add(Journal.ACCOUNT_WARMED, account);
    return GasCost.COLD_ACCOUNT;
  }

  /// Makes `slot` warm; whether it was cold.
  boolean warmed(int slot) {
    if (slots.isWarm(slot)) {
      return false;
    }
    slots.warm(slot);
    journal.add(Journal.SLOT_WARMED, slots, slot);
    return true;
  }

  /// The slots that were mentioned.
  SlotTable slots() {
    return slots;
  }

  /// The transient slots that were mentioned (EIP-1153).
  SlotTable transients() {
    return transients;
  }

  /// Number in {@link #slots} of the slot of `owner` with the key at `w[at]`, its value loaded.
  int slot(LiveAccount owner, long[] w, int at) {
    int slot = slots.slot(owner, w, at);
    if (!slots.isLoaded(slot)) {
      if (owner.created) {
        slots.load(slot, UInt256.ZERO);
      } else {
        slots.load(slot, view.storage(owner.address, slots.key(slot)));
      }
    }
    return slot;
  }

  /// Puts the word at `w[at]` into `slot`.
  ///
  /// @param table {@link #slots} or {@link #transients}
  /// @param mark of the frame that writes
  void setSlot(SlotTable table, int slot, long[] w, int at, int mark) {
    table.set(slot, w, at, journal, mark);
  }

  /// The code of `account`.
  Code code(LiveAccount account) {
    Code code = account.code;
    if (code == null) {
      code = account.hasCode() ? fetch(account.codeHash) : Code.EMPTY;
      account.code = code;
    }
    return code;
  }

  /// Length of the code of `account`, in bytes; the code itself is not read for it.
  int codeLength(LiveAccount account) {
    if (account.codeLength == LiveAccount.NOT_ASKED) {
      account.codeLength = findCodeLength(account);
    }
    return account.codeLength;
  }

  private int findCodeLength(LiveAccount account) {
    if (account.code != null || !account.hasCode()) {
      return code(account).length();
    }
    Code known = codes.find(account.codeHash);
    if (known != null) {
      return known.length();
    }
    Bytes own = deployed.get(account.codeHash);
    return own != null ? own.length() : view.codeLength(account.codeHash);
  }

  private Code fetch(Hash hash) {
    Code known = codes.find(hash);
    if (known != null) {
      return known;
    }
    Bytes own = deployed.get(hash);
    return codes.keep(hash, own != null ? own : view.code(hash));
  }

  /// Gives `account` this code.
  void setCode(LiveAccount account, Bytes code) {
    journal.add(Journal.CODE, new Journal.CodeBefore(account, account.codeHash));
    account.setCode(code.isEmpty() ? Account.EMPTY_CODE_HASH : Keccak256.hash(code));
    if (!code.isEmpty()) {
      deployed.putIfAbsent(account.codeHash, code);
    }
  }

  /// Sets the nonce.
  void setNonce(LiveAccount account, long nonce) {
    journal.add(Journal.NONCE, account, account.nonce);
    account.nonce = nonce;
  }

  /// Sets the balance to the word at `w[at]`.
  void setBalance(LiveAccount account, long[] w, int at) {
    journal.add(Journal.BALANCE, account, account.balance, 0);
    System.arraycopy(w, at, account.balance, 0, 4);
  }

  /// Whether the balance covers `value`.
  boolean covers(LiveAccount account, long[] value) {
    System.arraycopy(account.balance, 0, sum, 0, 4);
    System.arraycopy(value, 0, sum, 4, 4);
    return !Bitwise.isBelow(sum, 0, 4);
  }

  /// Moves `value`, which the balance of `from` covers, to `to`. The sum of all balances stays
  /// below 2^256, so nothing wraps.
  void transfer(LiveAccount from, LiveAccount to, long[] value) {
    if (Arithmetic.isZero(value, 0) || from == to) {
      return;
    }
    debit(from, value);
    credit(to, value);
  }

  /// Takes `value`, which it covers, from the balance.
  void debit(LiveAccount account, long[] value) {
    System.arraycopy(value, 0, sum, 0, 4);
    System.arraycopy(account.balance, 0, sum, 4, 4);
    Arithmetic.subtract(sum, 0);
    setBalance(account, sum, 0);
  }

  /// Adds `value` to the balance.
  void credit(LiveAccount account, long[] value) {
    System.arraycopy(value, 0, sum, 0, 4);
    System.arraycopy(account.balance, 0, sum, 4, 4);
    Arithmetic.add(sum, 0);
    setBalance(account, sum, 0);
  }

  /// Whether a contract may not be created at `account`: it is a contract already, or its storage
  /// holds something (EIP-684, EIP-7610).
  boolean isOccupied(LiveAccount account) {
    return account.nonce != 0
        || account.hasCode()
        || (account.before != null && account.before.hasStorage());
  }

  /// Marks `account` as created in this transaction, with the nonce of a new contract (EIP-161).
  void create(LiveAccount account) {
    journal.add(Journal.CREATED, account, account.created ? 1 : 0);
    account.created = true;
    setNonce(account, 1);
  }

  /// Marks `account` to be removed when the transaction ends.
  void destroy(LiveAccount account) {
    if (!account.destroyed) {
      journal.add(Journal.DESTROYED, account);
      account.destroyed = true;
    }
  }

  /// Adds to the gas to be returned; a negative amount takes back.
  ///
  /// @param mark of the frame that does
  void refund(long gas, int mark) {
    if (refundNoted < mark) {
      int before = refundNoted;
      refundNoted = journal.size();
      journal.add(Journal.REFUND, this, refund, before);
    }
    refund += gas;
  }

  /// Gas to be returned so far.
  long refunded() {
    return refund;
  }

  /// Appends a log.
  void log(Log log) {
    journal.add(Journal.LOG, this);
    logs.add(log);
  }

  /// The logs so far.
  List<Log> logs() {
    return List.copyOf(logs);
  }

  /// The present moment, to come back to.
  int mark() {
    return journal.size();
  }

  /// Takes back every change since `mark`.
  void revertTo(int mark) {
    while (journal.size() > mark) {
      journal.pop();
      undo(journal.poppedKind(), journal.poppedSubject());
    }
  }

  private void undo(byte kind, Object subject) {
    switch (kind) {
      case Journal.ACCOUNT_WARMED -> ((LiveAccount) subject).warm = false;
      case Journal.SLOT_WARMED -> ((SlotTable) subject).cool((int) journal.poppedLong());
      case Journal.BALANCE -> journal.poppedWord(((LiveAccount) subject).balance, 0);
      case Journal.NONCE -> ((LiveAccount) subject).nonce = journal.poppedLong();
      case Journal.CODE -> {
        Journal.CodeBefore before = (Journal.CodeBefore) subject;
        before.account().setCode(before.codeHash());
      }
      case Journal.SLOT -> ((SlotTable) subject).undo(journal);
      case Journal.CREATED -> ((LiveAccount) subject).created = journal.poppedLong() != 0;
      case Journal.DESTROYED -> ((LiveAccount) subject).destroyed = false;
      case Journal.REFUND -> {
        refund = journal.poppedLong();
        refundNoted = journal.poppedNoted();
      }
      case Journal.LOG -> logs.removeLast();
      default -> throw new IllegalStateException("no kind of change: " + kind);
    }
  }

  /// Makes all changes that stand in `target`, which is the view below or answers what it answers.
  void writeTo(Overlay target) {
    for (LiveAccount account : accounts.inOrder()) {
      if (account.before != null) {
        write(account, account.before, target);
      }
    }
    for (int slot = 0; slot < slots.count(); slot++) {
      LiveAccount owner = slots.owner(slot);
      if (slots.isChanged(slot) && !owner.destroyed) {
        target.setStorage(owner.address, slots.key(slot), slots.valueNumber(slot));
      }
    }
  }

  private void write(LiveAccount account, Account before, Overlay target) {
    if (account.destroyed) {
      target.destroy(account.address);
      return;
    }
    if (account.nonce != before.nonce()) {
      target.setNonce(account.address, account.nonce);
    }
    target.setBalance(account.address, account.balanceAmount());
    if (!account.codeHash.equals(before.codeHash())) {
      target.setCode(account.address, deployedCode(account.codeHash));
    }
  }

  private Bytes deployedCode(Hash hash) {
    Bytes code = deployed.get(hash);
    return code != null ? code : Bytes.EMPTY;
  }
}
