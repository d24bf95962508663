// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.UInt256;
import io.aitbc.state.StateView;

/// What transactions can see of their block. Protocol §14.6.
public final class BlockEnvironments {
  private BlockEnvironments() {}

  /// The surroundings of a call that is to run as if it were in the block with this header.
  ///
  /// @param state the state after the block, or any other that holds the hashes of its ancestors
  public static BlockEnvironment of(
      ExecutionParameters parameters, BlockHeader header, StateView state) {
    return new BlockEnvironment(
        parameters.forks().at(header.timestampSeconds()),
        parameters.chainId(),
        header.beneficiary(),
        header.number(),
        header.timestampSeconds(),
        header.gasLimit(),
        header.mixHash(),
        header.baseFeePerGas(),
        BlockOutline.BLOB_BASE_FEE,
        ancestors(header.number(), header.parentHash(), state));
  }

  /// Hashes of earlier blocks: the parent's as given, the others as the history contract keeps them
  /// (EIP-2935); zero without the contract.
  static BlockEnvironment.Ancestors ancestors(long number, Hash parentHash, StateView state) {
    return earlier -> {
      if (earlier == number - 1) {
        return parentHash;
      }
      UInt256 slot = UInt256.of(earlier % Predeploys.HISTORY_BLOCKS);
      return Hash.of(state.storage(Predeploys.HISTORY, slot).toArray());
    };
  }
}
