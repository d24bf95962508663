// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static io.aitbc.execution.TransferChain.call;
import static io.aitbc.execution.TransferChain.transfer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallTracer;
import io.aitbc.evm.Evm;
import io.aitbc.evm.FeeRule;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.Overlay;
import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContractBlocksTest { // Protocol §14.2, §14.5
  private static final int ACCOUNTS = 30;

  private final TransferChain chain =
      new TransferChain(ACCOUNTS, TransferChain.parameters(), Contracts.all());

  @Test
  void aCallChangesTheStorageOfItsContract() {
    chain.commit(chain.execute(count(1, 0, 5), count(2, 0, 5)));
    assertEquals(UInt256.of(2), chain.state.storage(Contracts.COUNTER, UInt256.of(5)));
  }

  @Test
  void aFailedCallPaysItsFeeAndChangesNothingElse() {
    ExecutionResult result = chain.execute(to(Contracts.REVERTER, 1, Bytes.EMPTY));
    Receipt receipt = result.receipts().getFirst();
    assertEquals(Receipt.Outcome.FAILED, receipt.outcome());
    chain.commit(result);
    Amount price = chain.parent.baseFeePerGas().plus(Amount.wei(10));
    assertEquals(
        TransferChain.START.minus(price.times(receipt.cumulativeGasUsed())),
        chain.state.account(account(1)).balance());
    assertEquals(1, chain.state.account(account(1)).nonce());
  }

  @Test
  void aCreationLeavesTheContractsCode() {
    ExecutionResult result =
        chain.execute(call(1, 0, Optional.empty(), Amount.ZERO, Contracts.CREATE));
    assertEquals(Bytes.of((byte) 0), result.diff().codes().getFirst().after());
  }

  @Test
  void aLogIsInTheReceiptAndInTheBloomOfTheBlock() {
    ExecutionResult result =
        chain.execute(transfer(2, 0, 3, Amount.wei(1)), to(Contracts.LOGGER, 1, Bytes.EMPTY));
    assertEquals(Contracts.LOGGER, result.receipts().get(1).logs().getFirst().address());
    assertTrue(result.block().header().logsBloom().mayContain(Contracts.LOGGER));
  }

  @Test // EIP-2935
  void theHistoryContractKeepsTheHashOfTheParent() {
    Hash parent = chain.parent.hash();
    chain.commit(chain.execute());
    UInt256 kept = chain.state.storage(Predeploys.HISTORY, UInt256.ZERO);
    assertEquals(parent, Hash.of(kept.toArray()));
  }

  @Test // EIP-4788
  void theCertificateContractKeepsTheParentsCertificateHashByTime() {
    chain.commit(chain.execute());
    UInt256 slot = UInt256.of(chain.parent.timestampSeconds() % 8_191);
    assertEquals(
        UInt256.of(chain.parent.timestampSeconds()),
        chain.state.storage(Predeploys.PARENT_CERTIFICATES, slot));
  }

  @Test
  void aContractSeesTheHashesOfEarlierBlocks() {
    Hash first = chain.parent.hash();
    chain.commit(chain.execute());
    chain.commit(chain.execute(to(Contracts.REMEMBERER, 1, Bytes.EMPTY)));
    UInt256 seen = chain.state.storage(Contracts.REMEMBERER, UInt256.ZERO);
    assertEquals(first, Hash.of(seen.toArray()));
  }

  @Test
  void aTransferOutsideOfTheMachineIsWhatTheMachineMakesOfIt() {
    Seed.forAll(
        1,
        20,
        seed -> {
          List<RecoveredTransaction> transactions = new ArrayList<>();
          for (int i = 0; i < 30; i++) {
            Bytes data = Bytes.of(seed.bytes(seed.below(40)));
            Address recipient = account(seed.below(ACCOUNTS + 5));
            Amount value = Amount.wei(seed.magnitude());
            transactions.add(call(i % 10, i / 10, Optional.of(recipient), value, data));
          }
          ExecutionResult result = chain.execute(transactions, Workers.NONE);
          Overlay overlay = new Overlay(chain.state);
          BlockEnvironment block =
              BlockEnvironments.of(chain.parameters, result.block().header(), overlay);
          Evm machine = chain.machines.another();
          long gas = 0;
          for (RecoveredTransaction transaction : transactions) {
            TransactionOutcome outcome =
                machine.execute(transaction, block, FeeRule.NOBODY, overlay);
            if (outcome instanceof TransactionOutcome.Executed executed) {
              gas += executed.gasUsed();
            }
          }
          assertEquals(gas, result.facts().gasUsed());
          result.diff().accounts().stream()
              .filter(change -> !change.address().equals(TransferChain.MAKER))
              .filter(change -> !change.address().equals(TransferChain.TREASURY))
              .filter(change -> !change.after().hasCode())
              .forEach(change -> assertEquals(change.after(), overlay.account(change.address())));
        });
  }

  @Test
  void whatRanAheadGivesTheSameBlockAsOneAfterTheOtherForAnyNumberOfThreads() throws Exception {
    for (int count = 1; count <= 8; count++) {
      try (Threads threads = new Threads(count)) {
        int seeds = count;
        Seed.forAll(
            100L * seeds,
            6,
            seed -> {
              List<RecoveredTransaction> transactions = random(seed);
              assertEquals(
                  chain.execute(transactions, Workers.NONE), chain.execute(transactions, threads));
            });
      }
    }
  }

  @Test
  void aBlockExecutedAgainGivesWhatItsReceiptsSay() {
    chain.commit(chain.execute());
    Seed.forAll(
        1,
        20,
        seed -> {
          List<RecoveredTransaction> transactions = new ArrayList<>();
          transactions.add(to(Contracts.REMEMBERER, 29, Bytes.EMPTY)); // Reads the block's start.
          List<Transaction> listed = new ArrayList<>();
          for (RecoveredTransaction each : random(seed)) {
            if (!listed.contains(each.transaction())) {
              listed.add(each.transaction());
              transactions.add(each);
            }
          }
          TransferChain twin =
              new TransferChain(ACCOUNTS, TransferChain.parameters(), Contracts.all());
          twin.commit(twin.execute());
          ExecutionResult result = twin.execute(transactions, Workers.NONE);
          twin.commit(result);
          List<RecoveredTransaction> included =
              transactions.stream()
                  .filter(each -> result.block().transactions().contains(each.transaction()))
                  .toList();
          CallTracer tracer = new CallTracer();
          List<TransactionOutcome> outcomes =
              new Calls(chain.machines.another())
                  .replay(
                      chain.parameters,
                      result.block().header(),
                      included,
                      chain.state,
                      twin.state,
                      i -> i == 0 ? Optional.of(() -> tracer) : Optional.empty());
          long gas = 0;
          for (int i = 0; i < outcomes.size(); i++) {
            var executed = (TransactionOutcome.Executed) outcomes.get(i);
            gas += executed.gasUsed();
            assertEquals(result.receipts().get(i).cumulativeGasUsed(), gas);
            assertEquals(result.receipts().get(i).logs(), executed.logs());
          }
          assertEquals(Contracts.REMEMBERER, tracer.root().orElseThrow().entered().to());
        });
  }

  @Test
  void noMoneyComesOrGoesButTheBurnedFees() {
    Seed.forAll(
        1,
        20,
        seed -> {
          ExecutionResult result = chain.execute(random(seed), Workers.NONE);
          BigInteger change = BigInteger.ZERO;
          for (var account : result.diff().accounts()) {
            change =
                change
                    .add(account.after().balance().wei().toBigInteger())
                    .subtract(account.before().balance().wei().toBigInteger());
          }
          Amount baseFees = result.block().header().baseFeePerGas().times(result.facts().gasUsed());
          Amount burned = chain.parameters.fees().shares(baseFees, Amount.ZERO).burned();
          assertEquals(burned.wei().toBigInteger().negate(), change);
        });
  }

  /// Calls that meet in slots, balances, nonces and code, creations, transfers, and what cannot be
  /// included.
  private static List<RecoveredTransaction> random(Seed seed) {
    List<RecoveredTransaction> transactions = new ArrayList<>();
    long[] nonces = new long[ACCOUNTS];
    for (int i = 0; i < 200; i++) {
      int from = seed.below(ACCOUNTS);
      long nonce = seed.chance(1, 20) ? seed.below(4) : nonces[from]++;
      Address other = account(seed.below(ACCOUNTS));
      Amount value = Amount.wei(seed.below(1_000_000));
      transactions.add(
          switch (seed.below(8)) {
            case 0, 1, 2 -> count(from, nonce, seed.below(12));
            case 3 ->
                call(from, nonce, Optional.of(Contracts.PASSER), value, Contracts.word(other));
            case 4 ->
                call(
                    from,
                    nonce,
                    Optional.of(Contracts.WATCHER),
                    Amount.ZERO,
                    Contracts.word(other));
            case 5 -> call(from, nonce, Optional.empty(), Amount.ZERO, Contracts.CREATE);
            case 6 -> call(from, nonce, Optional.of(Contracts.REVERTER), value, Bytes.EMPTY);
            default -> transfer(from, nonce, seed.below(ACCOUNTS), value);
          });
    }
    return transactions;
  }

  private static RecoveredTransaction count(int from, long nonce, long slot) {
    return call(from, nonce, Optional.of(Contracts.COUNTER), Amount.ZERO, Contracts.word(slot));
  }

  private static RecoveredTransaction to(Address contract, int from, Bytes data) {
    return call(from, 0, Optional.of(contract), Amount.ZERO, data);
  }
}
