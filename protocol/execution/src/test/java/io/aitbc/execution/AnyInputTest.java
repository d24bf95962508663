// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.EthereumPrecompiles;
import io.aitbc.evm.Precompile;
import io.aitbc.evm.Precompiles;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Any bytes as input of a precompile, as a transaction or as code have a defined result.
class AnyInputTest { // Protocol §14.2, §14.6
  /// Gas of a whole block; what asks for more is refused before it works.
  private static final long GAS_MAX = 16_777_216;

  @Test
  void anyBytesAreInputOfEveryPrecompile() {
    Secp256k1 secp256k1 = Secp256k1.chosen();
    for (Fork fork : Fork.values()) {
      Precompiles all =
          ChainPrecompiles.addedTo(
              EthereumPrecompiles.of(fork, secp256k1), Hash.ZERO, new BlsScheme());
      Seed.forAll(
          1,
          60,
          seed -> {
            Bytes input = input(seed);
            all.functions()
                .forEach(
                    (address, function) -> check(address + " " + input.toHex(), function, input));
          });
    }
  }

  private static void check(String what, Precompile function, Bytes input) {
    long gas = function.gas(input);
    assertTrue(gas >= 0, what);
    if (gas > GAS_MAX / 10) {
      return; // As a caller without so much gas would be refused; some 10 ms of work are enough.
    }
    Optional<Bytes> output = function.run(input);
    assertEquals(output, function.run(input), what);
  }

  /// Bytes of no form, words that are small numbers as lengths are, and what begins as a list.
  private static Bytes input(Seed seed) {
    byte[] bytes = seed.bytes(seed.below(seed.chance(1, 4) ? 2_000 : 400));
    if (seed.chance(1, 2)) {
      for (int i = 0; i < bytes.length; i++) {
        if (i % 32 < 30 || seed.chance(1, 3)) {
          bytes[i] = 0;
        }
      }
    } else if (bytes.length > 3 && seed.chance(1, 2)) {
      bytes[0] = (byte) 0xf9;
      bytes[1] = (byte) ((bytes.length - 3) >> 8);
      bytes[2] = (byte) (bytes.length - 3);
    }
    return Bytes.wrap(bytes);
  }

  @Test
  void anyChangeOfATransactionsBytesIsATransactionARefusalOrADrop() {
    TransferChain chain = new TransferChain(10, TransferChain.parameters());
    Bytes good =
        TransferChain.call(
                1, 0, Optional.of(TransferChain.account(2)), Amount.wei(7), Bytes.of((byte) 1))
            .transaction()
            .encoded();
    Seed.forAll(
        1,
        500,
        seed -> {
          byte[] bytes = good.toArray();
          int changes = 1 + seed.below(3);
          for (int i = 0; i < changes; i++) {
            bytes[seed.below(bytes.length)] = (byte) seed.below(256);
          }
          Transaction transaction;
          try {
            transaction = TransactionCodec.decode(Bytes.wrap(bytes));
          } catch (MalformedException refused) {
            return;
          }
          var recovered = new RecoveredTransaction(transaction, TransferChain.account(1));
          ExecutionResult result = chain.execute(recovered);
          assertEquals(1, result.dropped().size() + result.receipts().size());
        });
  }

  @Test
  void anyBytesAreCodeAndRunAheadAsOneAfterTheOther() throws Exception {
    try (Threads threads = new Threads(3)) {
      Seed.forAll(
          1,
          40,
          seed -> {
            TransferChain chain =
                new TransferChain(12, TransferChain.parameters(), Predeploys.all());
            List<RecoveredTransaction> transactions = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
              Bytes code = Bytes.wrap(seed.bytes(1 + seed.below(60)));
              transactions.add(
                  TransferChain.call(i, 0, Optional.empty(), Amount.wei(seed.below(9)), code));
            }
            ExecutionResult alone = chain.execute(transactions, Workers.NONE);
            assertEquals(alone, chain.execute(transactions, threads));
            assertEquals(12, alone.receipts().size() + alone.dropped().size());
          });
    }
  }
}
