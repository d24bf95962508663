// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.Evm;
import io.aitbc.evm.FeeRule;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a transfer of OpenZeppelin's ERC-20 token with votes, as solc compiled it, costs in
/// processor time: without signature and root, each from an account to another that has some. The
/// figure is printed and recorded in docs/benchmarks.md; it is not asserted. Protocol §14.6.
class TokenTransferCostTest {
  private static final int TRANSFERS = 500;
  private static final int RUNS = 40;
  private static final Address TOKEN = account(1_000_000);

  private final MemoryState state = new MemoryState();

  /// The slot of what `holder` has: its balances are a mapping at slot 0.
  private static UInt256 slot(Address holder) {
    byte[] key = new byte[64];
    holder.bytes().copyTo(key, 12);
    return UInt256.of(Keccak256.hash(key));
  }

  private static RecoveredTransaction transfer(int from) {
    Bytes call =
        CallData.of("transfer(address,uint256)")
            .address(account(from + TRANSFERS))
            .amount(Amount.wei(1_000))
            .toBytes();
    var unsigned =
        new DynamicFeeTransaction.Unsigned(
            TransferChain.CHAIN_ID,
            0,
            Amount.ZERO,
            TransferChain.FEE_CAP,
            100_000,
            Optional.of(TOKEN),
            Amount.ZERO,
            call,
            List.of());
    return new RecoveredTransaction(
        unsigned.signedWith(new TransactionSignature(UInt256.ONE, UInt256.ONE, 0)), account(from));
  }

  @Test
  void theProcessorTimeOfATransferIsPrinted() {
    TransferChain chain = new TransferChain(1, TransferChain.parameters());
    Overlay genesis = new Overlay(state);
    genesis.setCode(TOKEN, Artifacts.code("Token"));
    genesis.setNonce(TOKEN, 1);
    List<RecoveredTransaction> transfers = new ArrayList<>();
    for (int i = 0; i < TRANSFERS; i++) {
      genesis.setBalance(account(i), Amount.aitbc(1));
      genesis.setStorage(TOKEN, slot(account(i)), UInt256.of(1_000_000));
      genesis.setStorage(TOKEN, slot(account(i + TRANSFERS)), UInt256.of(5));
      transfers.add(transfer(i));
    }
    state.apply(StateTrie.diff(state, genesis, Workers.NONE));
    BlockEnvironment block = BlockEnvironments.of(chain.parameters, chain.parent, chain.state);
    Evm machine = chain.machines.another();
    var threads = ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    long gas = 0;
    for (int run = 0; run < RUNS; run++) {
      Overlay changes = new Overlay(state);
      gas = 0;
      long began = threads.getCurrentThreadCpuTime();
      for (RecoveredTransaction transfer : transfers) {
        TransactionOutcome outcome = machine.execute(transfer, block, FeeRule.NOBODY, changes);
        assertTrue(
            outcome instanceof TransactionOutcome.Executed executed && executed.succeeded(),
            outcome::toString);
        gas += ((TransactionOutcome.Executed) outcome).gasUsed();
      }
      least = Math.min(least, threads.getCurrentThreadCpuTime() - began);
      assertEquals(UInt256.of(999_000), changes.storage(TOKEN, slot(account(0))));
      assertEquals(UInt256.of(1_005), changes.storage(TOKEN, slot(account(TRANSFERS))));
    }
    System.out.printf(
        Locale.ROOT,
        "[notice] transfer of an ERC-20 token: %d gas, %.1f us of processor time%n",
        gas / TRANSFERS,
        least / 1e3 / TRANSFERS);
  }
}
