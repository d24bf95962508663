// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.bench.EvmCase.Group;
import io.aitbc.crypto.AccountMessage.TransactionDigest;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.FeeRule;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.Artifacts;
import io.aitbc.execution.CallData;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.LegacyTransaction;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Transactions as people send them.
final class OrdinaryCases {
  /// Transfers of a run, each from and to somebody else.
  static final int TRANSFERS = 1_000;

  /// Most microseconds for a transfer of a token without its signature and the state root.
  static final double TOKEN_MICROS_MAX = 15;

  private static final long GAS = 100_000;

  private OrdinaryCases() {}

  /// Processor time in microseconds of one transfer of the token, without signature and root.
  ///
  /// @param seconds how long to measure
  static double tokenMicros(double seconds) {
    EvmCase transfers = all().getFirst();
    EvmMeasure.Result result =
        new EvmMeasure(seconds).run(List.of(transfers), _ -> {}, _ -> {}).getFirst();
    return result.gas() / result.cpuMgas() / TRANSFERS;
  }

  /// All of them.
  static List<EvmCase> all() {
    return List.of(
        new EvmCase(
            "1000 OpenZeppelin ERC-20 transfers",
            Group.ORDINARY,
            tokenTransfers(EvmScene.Root.LEFT_OUT)),
        new EvmCase(
            "1000 OpenZeppelin ERC-20 transfers, root",
            Group.ORDINARY,
            tokenTransfers(EvmScene.Root.COMPUTED)));
  }

  /// Transfers of WAITBC, which is OpenZeppelin's ERC-20 compiled by solc, among 2,000 holders, in
  /// one block, executed one after the other; half of the recipients have none yet.
  static EvmCase.Work tokenTransfers(EvmScene.Root root) {
    MemoryState state = new MemoryState();
    Overlay genesis = new Overlay(state);
    genesis.setCode(EvmScene.CONTRACT, Artifacts.code("WAITBC"));
    genesis.setNonce(EvmScene.CONTRACT, 1);
    List<RecoveredTransaction> transactions = new ArrayList<>();
    Secp256k1SecretKey key = Secp256k1SecretKey.fromSeed(new byte[32]);
    for (int i = 0; i < TRANSFERS; i++) {
      Address sender = EvmScene.address(0x1_0000_0000L + i);
      Address recipient = EvmScene.address(0x2_0000_0000L + i);
      genesis.setBalance(sender, Amount.aitbc(1));
      genesis.setStorage(EvmScene.CONTRACT, slot(sender), UInt256.of(1_000_000));
      if (i % 2 == 0) {
        genesis.setStorage(EvmScene.CONTRACT, slot(recipient), UInt256.of(5));
      }
      Bytes input =
          CallData.of("transfer(address,uint256)").address(recipient).number(1_000 + i).toBytes();
      LegacyTransaction.Unsigned unsigned =
          new LegacyTransaction.Unsigned(
              Optional.of(UInt256.of(7_000)),
              0,
              Amount.wei(1),
              GAS,
              Optional.of(EvmScene.CONTRACT),
              Amount.ZERO,
              input);
      // The machine is told who sent it, so any signature will do.
      transactions.add(
          new RecoveredTransaction(
              unsigned.signedWith(key.sign(new TransactionDigest(unsigned.signingHash()))),
              sender));
    }
    state.apply(StateTrie.diff(state, genesis, Workers.NONE));
    BlockEnvironment block = EvmScene.block();
    return () -> {
      Overlay changes = new Overlay(state);
      long gas = 0;
      for (RecoveredTransaction transaction : transactions) {
        TransactionOutcome outcome =
            EvmScene.EVM.execute(transaction, block, FeeRule.NOBODY, changes);
        if (!(outcome instanceof TransactionOutcome.Executed executed)
            || !executed.succeeded()
            || executed.logs().size() != 1) {
          throw new IllegalStateException("the transfer failed: " + outcome);
        }
        gas += executed.gasUsed();
      }
      if (root == EvmScene.Root.COMPUTED) {
        var _ = StateTrie.diff(state, changes, Workers.NONE);
      }
      return gas;
    };
  }

  /// The slot of what `holder` has: the token's balances are a mapping at slot 0.
  private static UInt256 slot(Address holder) {
    byte[] bytes = new byte[64];
    holder.bytes().copyTo(bytes, 12);
    return UInt256.of(Keccak256.hash(bytes));
  }
}
