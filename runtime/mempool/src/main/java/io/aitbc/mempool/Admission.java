// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.TransactionRejection;

/// What became of a transaction that was brought to the pool. Protocol §15.3.
public sealed interface Admission {
  /// It waits in the pool.
  ///
  /// @param hash its hash
  record Admitted(Hash hash) implements Admission {}

  /// It did wait already.
  ///
  /// @param hash its hash
  record Known(Hash hash) implements Admission {}

  /// It is in a final block.
  ///
  /// @param hash its hash
  record AlreadyFinal(Hash hash) implements Admission {}

  /// It is valid in no state.
  ///
  /// @param rejection why
  record Invalid(TransactionRejection rejection) implements Admission {}

  /// Nobody signed it.
  record NoSender() implements Admission {}

  /// The sender has code that is no EIP-7702 delegation (EIP-3607).
  ///
  /// @param sender who signed
  record SenderHasCode(Address sender) implements Admission {}

  /// The sender's transaction of this number is final already.
  ///
  /// @param next the sender's next nonce
  /// @param actual the transaction's nonce
  record NonceTooLow(long next, long actual) implements Admission {}

  /// It is too far ahead of what the sender has sent.
  ///
  /// @param next the sender's next nonce
  /// @param actual the transaction's nonce
  /// @param aheadMax how far ahead it may be
  record NonceTooHigh(long next, long actual, int aheadMax) implements Admission {}

  /// The sender cannot pay for it and for what it already has waiting.
  ///
  /// @param needed the most that all of them can cost
  /// @param held the sender's balance
  record InsufficientFunds(Amount needed, Amount held) implements Admission {}

  /// It offers less per unit of gas than this node accepts.
  ///
  /// @param least the least fee
  /// @param offered what it offers
  record FeeTooLow(Amount least, Amount offered) implements Admission {}

  /// Another transaction of this sender and nonce waits, and this one does not offer enough more.
  ///
  /// @param least what it would have to offer per unit of gas
  /// @param offered what it offers
  record ReplacementUnderpriced(Amount least, Amount offered) implements Admission {}

  /// The sender has as many transactions waiting as one may.
  ///
  /// @param countMax how many
  record SenderFull(int countMax) implements Admission {}

  /// It may give an account delegated code (EIP-7702) that has more waiting than the one
  /// transaction such an account may have.
  ///
  /// @param authority the account
  /// @param waiting how many transactions of it wait
  record AuthorityBusy(Address authority, int waiting) implements Admission {}

  /// The pool is full of transactions that offer at least as much as it and each of its sender's
  /// before it.
  ///
  /// @param least what the cheapest of them offers per unit of gas
  record PoolFull(Amount least) implements Admission {}

  /// A nonce is missing before it, and there is no room for another such transaction.
  ///
  /// @param missing the missing nonce
  /// @param actual the transaction's nonce
  record LaterFull(long missing, long actual) implements Admission {}

  /// The senders that hold too little to have places of their own for transactions without a
  /// priority fee share a part of the pool, and that is full.
  ///
  /// @param countMax transactions of all of them together
  /// @param holding from which balance on a sender is none of them
  record PartFull(int countMax, Amount holding) implements Admission {}

  /// Its gas limit is above that of a block.
  ///
  /// @param blockGasMax gas of a block
  /// @param gasLimit the transaction's limit
  record GasAboveBlock(long blockGasMax, long gasLimit) implements Admission {}

  /// Whether it waits in the pool now.
  default boolean isInPool() {
    return this instanceof Admitted || this instanceof Known;
  }
}
