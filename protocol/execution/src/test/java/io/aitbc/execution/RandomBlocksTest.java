// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.TrieRoot;
import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RandomBlocksTest { // Protocol §14.2, §14.4
  private static final int ACCOUNTS = 12;
  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

  /// The rules once more, with plain numbers in plain maps.
  private static final class Ledger {
    final SortedMap<Address, BigInteger> balances = new TreeMap<>();
    final SortedMap<Address, Long> nonces = new TreeMap<>();
    BigInteger burned = BigInteger.ZERO;

    BigInteger balance(Address address) {
      return balances.getOrDefault(address, BigInteger.ZERO);
    }

    void add(Address address, BigInteger amount) {
      balances.put(address, balance(address).add(amount));
    }

    BigInteger total() {
      return balances.values().stream().reduce(burned, BigInteger::add);
    }

    int execute(List<RecoveredTransaction> transactions, BigInteger baseFee, long gasLimit) {
      BigInteger base = BigInteger.ZERO;
      BigInteger tips = BigInteger.ZERO;
      int included = 0;
      for (RecoveredTransaction recovered : transactions) {
        Transaction transaction = recovered.transaction();
        Address sender = recovered.sender();
        BigInteger cap = number(transaction.maxFeePerGas());
        BigInteger gas = BigInteger.valueOf(21_000);
        BigInteger limit = BigInteger.valueOf(transaction.gasLimit());
        BigInteger value = number(transaction.value());
        boolean fits =
            transaction.gasLimit() <= gasLimit - 21_000L * included
                && cap.compareTo(baseFee) >= 0
                && nonces.getOrDefault(sender, 0L) == transaction.nonce()
                && cap.multiply(limit).add(value).compareTo(balance(sender)) <= 0;
        if (fits) {
          BigInteger tip = cap.subtract(baseFee).min(number(transaction.maxPriorityFeePerGas()));
          add(sender, gas.multiply(baseFee.add(tip)).add(value).negate());
          add(transaction.to().orElseThrow(), value);
          nonces.merge(sender, 1L, Long::sum);
          base = base.add(gas.multiply(baseFee));
          tips = tips.add(gas.multiply(tip));
          included++;
        }
      }
      BigInteger treasury = base.multiply(BigInteger.valueOf(100_000)).divide(MILLION);
      BigInteger maker = base.multiply(BigInteger.valueOf(400_000)).divide(MILLION);
      add(TransferChain.TREASURY, treasury);
      add(TransferChain.MAKER, maker.add(tips));
      burned = burned.add(base).subtract(treasury).subtract(maker);
      return included;
    }

    Hash root() {
      SortedMap<Bytes, Bytes> entries = new TreeMap<>();
      balances.forEach((address, balance) -> {
        long nonce = nonces.getOrDefault(address, 0L);
        if (nonce != 0 || balance.signum() != 0) {
          entries.put(
              Keccak256.hash(address.bytes()).toBytes(),
              new RlpWriter()
                  .begin()
                  .number(nonce)
                  .number(UInt256.of(balance))
                  .hash(Keccak256.hash(Bytes.of((byte) 0x80)))
                  .hash(Keccak256.hash(Bytes.EMPTY))
                  .end()
                  .toBytes());
        }
      });
      return TrieRoot.of(entries);
    }
  }

  private static BigInteger number(Amount amount) {
    return amount.wei().toBigInteger();
  }

  @Test
  void theStateIsThatOfAnIndependentLedgerAndNoMoneyComesOrGoes() {
    Seed.forAll(
        1,
        40,
        seed -> {
          TransferChain chain = new TransferChain(ACCOUNTS, TransferChain.withGasLimit(400_000));
          Ledger ledger = new Ledger();
          for (int i = 0; i < ACCOUNTS; i++) {
            ledger.add(account(i), number(TransferChain.START));
          }
          BigInteger supply = number(chain.genesis.genesis().supply());
          for (int block = 0; block < 8; block++) {
            List<RecoveredTransaction> transactions = transactions(seed, chain);
            ExecutionResult result = chain.execute(transactions, Workers.NONE);
            int included =
                ledger.execute(
                    transactions,
                    number(result.block().header().baseFeePerGas()),
                    result.block().header().gasLimit());
            chain.commit(result);
            assertEquals(included, result.block().transactions().size());
            assertEquals(transactions.size() - included, result.dropped().size());
            assertEquals(ledger.root(), result.block().header().stateRoot());
            assertEquals(supply, ledger.total());
          }
        });
  }

  @Test
  void theResultDoesNotDependOnHowManyTasksRunAtOnce() throws Exception {
    TransferChain chain = new TransferChain(500, TransferChain.parameters());
    Seed seed = Seed.of(3);
    List<RecoveredTransaction> transactions = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      transactions.add(
          TransferChain.transfer(i % 500, i / 500, seed.below(800), Amount.wei(seed.magnitude())));
    }
    ExecutionResult alone = chain.execute(transactions, Workers.NONE);
    for (int count = 1; count <= 8; count++) {
      try (Threads threads = new Threads(count)) {
        assertEquals(alone, chain.execute(transactions, threads));
      }
    }
  }

  private static List<RecoveredTransaction> transactions(Seed seed, TransferChain chain) {
    List<RecoveredTransaction> transactions = new ArrayList<>();
    long[] nonces = new long[ACCOUNTS];
    for (int i = 0; i < ACCOUNTS; i++) {
      nonces[i] = chain.state.account(account(i)).nonce();
    }
    int count = seed.below(30);
    for (int i = 0; i < count; i++) {
      int from = seed.below(ACCOUNTS);
      long nonce = seed.chance(1, 8) ? seed.below(5) : nonces[from]++;
      Amount value = seed.chance(1, 10) ? TransferChain.START : Amount.wei(seed.below(1L << 62));
      Amount feeCap = seed.chance(1, 8) ? Amount.wei(900) : Amount.wei(seed.between(1_000, 9_000));
      transactions.add(
          TransferChain.transaction(
              from,
              nonce,
              Optional.of(account(seed.below(ACCOUNTS + 5))),
              value,
              feeCap,
              21_000 + seed.below(20_000),
              TransferChain.CHAIN_ID));
    }
    return transactions;
  }
}
