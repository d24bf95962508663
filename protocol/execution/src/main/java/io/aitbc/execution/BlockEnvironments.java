// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.UInt256;
import io.aitbc.state.StateView;

/// What transactions can see of their block. Protocol §14.6.
public final class BlockEnvironments {
  /// What BLOBBASEFEE gives: the chain has no blobs, and 1 wei is Ethereum's least.
  private static final Amount BLOB_BASE_FEE = Amount.wei(1);

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
        BLOB_BASE_FEE,
        ancestors(header.number(), header.parentHash(), state));
  }

  /// The surroundings of the transactions of a block that is being made.
  static BlockEnvironment of(
      ExecutionParameters parameters, BlockContext context, Amount baseFee, StateView state) {
    return new BlockEnvironment(
        parameters.forks().at(context.timestampSeconds()),
        parameters.chainId(),
        context.proposer(),
        context.height().number(),
        context.timestampSeconds(),
        parameters.gasLimit(context.mode()),
        context.beacon(),
        baseFee,
        BLOB_BASE_FEE,
        ancestors(context.height().number(), context.parentHash(), state));
  }

  /// Hashes of earlier blocks: the parent's as given, the others as the history contract keeps them
  /// (EIP-2935); zero without the contract.
  private static BlockEnvironment.Ancestors ancestors(
      long number, Hash parentHash, StateView state) {
    return earlier -> {
      if (earlier == number - 1) {
        return parentHash;
      }
      UInt256 slot = UInt256.of(earlier % Predeploys.HISTORY_BLOCKS);
      return Hash.of(state.storage(Predeploys.HISTORY, slot).toArray());
    };
  }
}
