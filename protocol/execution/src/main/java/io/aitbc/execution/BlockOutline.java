// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Fork;
import io.aitbc.model.TransactionRules;
import io.aitbc.state.StateView;
import java.nio.ByteBuffer;

/// What stands of a block before its transactions are executed: the fields of its header that do
/// not depend on them, and the rules that they follow. The network's follows from the parent and
/// from what consensus tells; conformance makes one of a header that it judged by Ethereum's rules.
/// This is all in which the two differ. Protocol §14.3.
///
/// @param fork the machine's rules
/// @param transactionRules what a transaction must fulfil in any state
/// @param fees when fees are paid, and to whom
/// @param ancestry where hashes of earlier blocks are found
/// @param parentHash hash of the block before
/// @param beneficiary who made the block
/// @param number height, above 0
/// @param gasLimit gas of all transactions together
/// @param timestampSeconds seconds since 1970
/// @param extraData at most 32 bytes
/// @param mixHash the beacon's value
/// @param baseFeePerGas the base fee
/// @param parentBeaconBlockRoot what the EIP-4788 contract is told
public record BlockOutline(
    Fork fork,
    TransactionRules transactionRules,
    FeePayment fees,
    Ancestry ancestry,
    Hash parentHash,
    Address beneficiary,
    long number,
    long gasLimit,
    long timestampSeconds,
    Bytes extraData,
    Hash mixHash,
    Amount baseFeePerGas,
    Hash parentBeaconBlockRoot) {
  /// What BLOBBASEFEE gives: the chain has no blobs, and 1 wei is Ethereum's least.
  public static final Amount BLOB_BASE_FEE = Amount.wei(1);

  /// Where BLOCKHASH finds the hashes of earlier blocks.
  @FunctionalInterface
  public interface Ancestry {
    /// The hashes of blocks before this one.
    ///
    /// @param state the state that transactions see
    BlockEnvironment.Ancestors over(StateView state);
  }

  /// The network's outline of the block after `parent`.
  ///
  /// @param context what consensus tells about it
  static BlockOutline of(ExecutionParameters parameters, BlockContext context, BlockHeader parent) {
    long number = context.height().number();
    return new BlockOutline(
        parameters.forks().at(context.timestampSeconds()),
        parameters.transactionRules(),
        new FeePayment.AtTheEnd(parameters.fees()),
        state -> BlockEnvironments.ancestors(number, context.parentHash(), state),
        context.parentHash(),
        context.proposer(),
        number,
        parameters.gasLimit(context.mode()),
        context.timestampSeconds(),
        context.extension().hash().toBytes(),
        context.beacon(),
        parameters.fees().nextBaseFee(parent),
        context.parentCertificateHash());
  }

  /// The outline of the block after `parent` in a network without votes, where there are no modes,
  /// no beacon and no certificates. Protocol §10.4.
  ///
  /// @param slot the slot it is made for
  /// @param timestampSeconds whole seconds of the moment at which the slot begins
  /// @param proposer of the slot
  public static BlockOutline ofSlot(
      ExecutionParameters parameters,
      BlockHeader parent,
      long slot,
      long timestampSeconds,
      Address proposer) {
    long number = parent.number() + 1;
    Hash parentHash = parent.hash();
    return new BlockOutline(
        parameters.forks().at(timestampSeconds),
        parameters.transactionRules(),
        new FeePayment.AtTheEnd(parameters.fees()),
        state -> BlockEnvironments.ancestors(number, parentHash, state),
        parentHash,
        proposer,
        number,
        parameters.secureGasLimit(),
        timestampSeconds,
        slotData(slot),
        Hash.ZERO,
        parameters.fees().nextBaseFee(parent),
        Hash.ZERO);
  }

  /// The extra data of the block of a slot. Protocol §10.4.
  public static Bytes slotData(long slot) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(slot).array());
  }

  /// What transactions can see of the block.
  BlockEnvironment environment(StateView state) {
    return new BlockEnvironment(
        fork,
        transactionRules.chainId(),
        beneficiary,
        number,
        timestampSeconds,
        gasLimit,
        mixHash,
        baseFeePerGas,
        BLOB_BASE_FEE,
        ancestry.over(state));
  }
}
