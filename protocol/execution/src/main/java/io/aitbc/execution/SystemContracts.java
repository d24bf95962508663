// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Log;
import java.util.List;

/// The chain's own contracts, as far as consensus must hear of them. Protocol §14.8.
public interface SystemContracts {
  /// Settles an epoch in its last block, after the transactions, and tells who may be drawn next
  /// and the parameters.
  ///
  /// @param report what consensus tells
  /// @param calls reaches the contracts
  EpochSnapshot settle(EpochReport report, SystemCalls calls);

  /// The accounts convicted by evidence that the block accepted, as its logs tell; ascending, each
  /// once.
  List<Address> convicted(List<Log> logs);

  /// A chain without such contracts: the same candidates and parameters in every epoch, and nobody
  /// is convicted.
  static SystemContracts fixed(EpochSnapshot snapshot) {
    return new SystemContracts() {
      @Override
      public EpochSnapshot settle(EpochReport report, SystemCalls calls) {
        return snapshot;
      }

      @Override
      public List<Address> convicted(List<Log> logs) {
        return List.of();
      }
    };
  }
}
