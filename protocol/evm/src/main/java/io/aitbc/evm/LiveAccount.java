// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import org.jspecify.annotations.Nullable;

/// An account while a transaction runs. {@link TransactionState} makes, loads and changes it.
final class LiveAccount {
  /// In place of a length.
  static final int NOT_ASKED = -1;

  /// Bits 128 to 159 of the address as a number.
  final long high;

  /// Bits 64 to 127.
  final long middle;

  /// Bits 0 to 63.
  final long low;

  final Address address;

  /// Position in the order of first mention.
  final int index;

  /// What runs at this address instead of code.
  final @Nullable Precompile precompile;

  /// Next account of the same bucket.
  @Nullable LiveAccount next;

  /// What the state held when the transaction began, once it was asked.
  @Nullable Account before;

  /// Whether the transaction touched the address before (EIP-2929).
  boolean warm;

  /// 64 bits without sign.
  long nonce;

  /// In wei, lowest limb first.
  final long[] balance = new long[4];

  Hash codeHash = Account.EMPTY_CODE_HASH;

  /// The code, once it was asked for.
  @Nullable Code code;

  /// The code's length in bytes once it was asked for, else {@link #NOT_ASKED}.
  int codeLength = NOT_ASKED;

  /// Whether this transaction created the contract, so that SELFDESTRUCT removes it (EIP-6780).
  boolean created;

  /// Whether it goes when the transaction ends.
  boolean destroyed;

  LiveAccount(long high, long middle, long low, int index, Precompiles precompiles) {
    this.high = high;
    this.middle = middle;
    this.low = low;
    this.index = index;
    this.address = Words.address(high, middle, low);
    this.precompile = precompiles.find(address);
    this.warm = precompile != null;
  }

  /// Takes over what the state holds.
  void load(Account account) {
    before = account;
    nonce = account.nonce();
    Words.set(account.balance().wei(), balance, 0);
    codeHash = account.codeHash();
  }

  /// Gives the account code with this hash.
  void setCode(Hash hash) {
    codeHash = hash;
    code = null;
    codeLength = NOT_ASKED;
  }

  boolean hasCode() {
    return !codeHash.equals(Account.EMPTY_CODE_HASH);
  }

  /// Whether there is neither nonce nor balance nor code (EIP-161).
  boolean isEmpty() {
    return nonce == 0 && Arithmetic.isZero(balance, 0) && !hasCode();
  }

  Amount balanceAmount() {
    return new Amount(new UInt256(balance[3], balance[2], balance[1], balance[0]));
  }

  /// Writes the address as a word at `at`.
  void putAddress(long[] w, int at) {
    w[at] = low;
    w[at + 1] = middle;
    w[at + 2] = high;
    w[at + 3] = 0;
  }
}
