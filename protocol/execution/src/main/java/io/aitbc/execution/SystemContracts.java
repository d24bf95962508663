// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Log;
import java.util.List;

/// The chain's own contracts, as far as consensus must hear of them. Protocol §14.8.
public interface SystemContracts {
  /// Tells the contracts that a block begins.
  ///
  /// @param context what consensus tells
  /// @param burnedByParent base fees that the parent burned
  /// @param calls reaches the contracts
  void startBlock(BlockContext context, Amount burnedByParent, SystemCalls calls);

  /// To whom what is the proposer's of a block's fees is paid, after its transactions.
  ///
  /// @param proposer of the block
  /// @param calls reaches the contracts
  Address feesTo(Address proposer, SystemCalls calls);

  /// Tells the contracts what the proposer of a block got of its fees, after its transactions.
  ///
  /// @param fees priority fees, and the proposer's part of base fees, whoever they were paid to
  /// @param calls reaches the contracts
  void paidProposer(Amount fees, SystemCalls calls);

  /// Settles an epoch in its last block, after the transactions, and tells who may be drawn next
  /// and the parameters.
  ///
  /// @param report what consensus tells
  /// @param context of the block
  /// @param calls reaches the contracts
  EpochSnapshot settle(EpochReport report, BlockContext context, SystemCalls calls);

  /// The accounts convicted by evidence that the block accepted, as its logs tell; ascending, each
  /// once.
  List<Address> convicted(List<Log> logs);

  /// The contracts of a network with the economy in its genesis (§16), or {@link #fixed} for one
  /// without.
  static SystemContracts of(Genesis genesis) {
    Address params = EconomyContract.PARAMS.address();
    boolean economy =
        genesis.accounts().stream().anyMatch(account -> account.address().equals(params));
    return economy ? new Economy(genesis.execution()) : fixed(genesis.snapshot());
  }

  /// A chain without such contracts: the same candidates and parameters in every epoch, and nobody
  /// is convicted.
  static SystemContracts fixed(EpochSnapshot snapshot) {
    return new SystemContracts() {
      @Override
      public void startBlock(BlockContext context, Amount burnedByParent, SystemCalls calls) {
        // Nobody listens.
      }

      @Override
      public Address feesTo(Address proposer, SystemCalls calls) {
        return proposer;
      }

      @Override
      public void paidProposer(Amount fees, SystemCalls calls) {
        // Nobody listens.
      }

      @Override
      public EpochSnapshot settle(EpochReport report, BlockContext context, SystemCalls calls) {
        return snapshot;
      }

      @Override
      public List<Address> convicted(List<Log> logs) {
        return List.of();
      }
    };
  }
}
