// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.AccountMessage.TransactionDigest;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;

/// Signed transfers of EIP-1559, all different, the same in every run.
final class Transfers {
  private static final long GAS = 21_000;

  private Transfers() {}

  /// Transfer `number` of an account that `number` determines.
  static Transaction transfer(int number) {
    Secp256k1SecretKey key = Secp256k1SecretKey.fromSeed(Hash.fromHex(digits(number)).toArray());
    DynamicFeeTransaction.Unsigned unsigned =
        new DynamicFeeTransaction.Unsigned(
            UInt256.of(7_000),
            number,
            Amount.wei(1_000_000_000L),
            Amount.wei(20_000_000_000L),
            GAS,
            Optional.of(Address.of(key.publicKey())),
            Amount.ONE_AITBC,
            Bytes.EMPTY,
            List.of());
    return unsigned.signedWith(key.sign(new TransactionDigest(unsigned.signingHash())));
  }

  private static String digits(int number) {
    return "%064x".formatted(number + 1);
  }
}
