// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Fork;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;

/// A pool, four senders with a coin each, and transactions of theirs.
abstract class PoolWorld {
  static final UInt256 CHAIN = UInt256.of(26_473);
  static final long BLOCK_GAS = 30_000_000;
  static final Mempool.Selection ALL = new Mempool.Selection(1_000, 1 << 20, 2 * BLOCK_GAS);

  final Accounts accounts = new Accounts();
  final Secp256k1SecretKey[] keys = new Secp256k1SecretKey[4];
  ChainHead head = head(1);
  Mempool pool = pool(MempoolLimits.DEFAULT);

  /// Accounts that are only balances and nonces.
  static final class Accounts implements StateView {
    final Map<Address, Account> held = new TreeMap<>();

    @Override
    public Account account(Address address) {
      return held.getOrDefault(address, Account.EMPTY);
    }

    @Override
    public UInt256 storage(Address address, UInt256 key) {
      return UInt256.ZERO;
    }

    @Override
    public Bytes code(Hash codeHash) {
      return Bytes.of(new byte[30]);
    }
  }

  @BeforeEach
  void fourSendersWithOneCoin() {
    for (int i = 0; i < keys.length; i++) {
      byte[] seed = new byte[32];
      seed[0] = (byte) (i + 1);
      keys[i] = Secp256k1SecretKey.fromSeed(seed);
      give(i, Amount.ONE_AITBC, 0);
    }
  }

  Mempool pool(MempoolLimits limits) {
    return new Mempool(limits, TransactionRules.of(CHAIN), Secp256k1.chosen(), head(1));
  }

  ChainHead head(long baseFee) {
    head = new ChainHead(accounts, Amount.wei(baseFee), BLOCK_GAS, Fork.OSAKA);
    return head;
  }

  Address sender(int index) {
    return Address.of(keys[index].publicKey());
  }

  void give(int index, Amount balance, long nonce) {
    accounts.held.put(sender(index), Account.EMPTY.withBalance(balance).withNonce(nonce));
  }

  Transaction transfer(int from, long nonce, long fee, long tip, Amount value) {
    return transfer(from, nonce, fee, tip, value, Bytes.EMPTY);
  }

  Transaction transfer(int from, long nonce, long fee, long tip, Amount value, Bytes data) {
    return transfer(from, nonce, Amount.wei(fee), Amount.wei(tip), value, data);
  }

  Transaction transfer(int from, long nonce, Amount fee, Amount tip, Amount value) {
    return transfer(from, nonce, fee, tip, value, Bytes.EMPTY);
  }

  Transaction transfer(int from, long nonce, Amount fee, Amount tip, Amount value, Bytes data) {
    var unsigned =
        new DynamicFeeTransaction.Unsigned(
            CHAIN,
            nonce,
            tip,
            fee,
            21_000 + 16 * data.length(),
            Optional.of(Address.ZERO),
            value,
            data,
            List.of());
    return unsigned.signedWith(
        keys[from].sign(new AccountMessage.TransactionDigest(unsigned.signingHash())));
  }

  Transaction transfer(int from, long nonce, long fee) {
    return transfer(from, nonce, fee, 1, Amount.wei(1));
  }

  void admit(Transaction transaction) {
    assertEquals(new Admission.Admitted(transaction.hash()), pool.add(transaction));
  }

  List<Hash> selected(Mempool.Selection bounds) {
    return pool.select(bounds).stream().map(tx -> tx.transaction().hash()).toList();
  }

  /// What the block changed, as far as the pool reads it.
  List<StateDiff.AccountChange> changes() {
    return accounts.held.entrySet().stream()
        .map(each -> new StateDiff.AccountChange(each.getKey(), Account.EMPTY, each.getValue()))
        .toList();
  }
}
