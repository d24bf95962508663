// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.mempool.Admission;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.TransactionRejection;

/// The refusals of the pool in the words that client libraries look for. Ethereum's clients have no
/// common codes for them, so libraries match texts.
final class AdmissionErrors {
  private AdmissionErrors() {}

  /// The error for an admission that is none.
  static RpcError of(Admission refusal) {
    return switch (refusal) {
      case Admission.Admitted _ -> throw new IllegalArgumentException("no refusal: " + refusal);
      case Admission.Known _ -> refused("already known");
      case Admission.AlreadyFinal _ -> refused("already known: the transaction is final");
      case Admission.Invalid(TransactionRejection rejection) -> invalid(rejection);
      case Admission.NoSender _ -> refused("invalid sender: the signature is nobody's");
      case Admission.SenderHasCode(var sender) ->
          refused("sender not an eoa: " + sender + " has code");
      case Admission.NonceTooLow(long next, long actual) ->
          refused("nonce too low: next nonce " + next + ", tx nonce " + actual);
      case Admission.NonceTooHigh(long next, long actual, int aheadMax) ->
          refused(
              "nonce too high: next nonce %d, tx nonce %d, at most %d ahead"
                  .formatted(next, actual, aheadMax));
      case Admission.InsufficientFunds(Amount needed, Amount held) ->
          refused(
              "insufficient funds for gas * price + value: have %s want %s"
                  .formatted(held.wei(), needed.wei()));
      case Admission.FeeTooLow(Amount least, Amount offered) ->
          refused(
              "transaction underpriced: offers %s per gas, at least %s is asked for"
                  .formatted(offered.wei(), least.wei()));
      case Admission.ReplacementUnderpriced(Amount least, Amount offered) ->
          refused(
              "replacement transaction underpriced: offers %s per gas, needs %s"
                  .formatted(offered.wei(), least.wei()));
      case Admission.SenderFull(int countMax) ->
          refused("account limit exceeded: " + countMax + " transactions of the sender wait");
      case Admission.AuthorityBusy(Address authority, int waiting) ->
          refused(
              "authority already reserved: %d transactions of %s wait"
                  .formatted(waiting, authority));
      case Admission.PoolFull(Amount least) ->
          refused("txpool is full: more than " + least.wei() + " per gas gets in");
      case Admission.LaterFull(long missing, long actual) ->
          refused("txpool is full: nonce " + missing + " is missing before " + actual);
      case Admission.PartFull(int countMax, Amount holding) ->
          refused(
              "txpool is full: %d transactions without a priority fee of senders below %s wei wait"
                  .formatted(countMax, holding.wei()));
      case Admission.GasAboveBlock(long blockGasMax, long gasLimit) ->
          refused("exceeds block gas limit: %d of %d".formatted(gasLimit, blockGasMax));
    };
  }

  private static RpcError invalid(TransactionRejection rejection) {
    return switch (rejection) {
      case TransactionRejection.TypeNotAllowed _ -> refused("transaction type not supported");
      case TransactionRejection.WrongChain(var expected, var actual) ->
          actual.isPresent()
              ? refused("invalid chain id for signer: have " + actual.get() + " want " + expected)
              : refused("only replay-protected (EIP-155) transactions allowed over RPC");
      case TransactionRejection.TooLarge(int bytes, int bytesMax) ->
          refused("oversized data: transaction size %d, limit %d".formatted(bytes, bytesMax));
      case TransactionRejection.GasLimitBelowIntrinsic(long needed, long gasLimit) ->
          refused("intrinsic gas too low: gas %d, minimum needed %d".formatted(gasLimit, needed));
      case TransactionRejection.GasLimitBelowFloor(long floor, long gasLimit) ->
          refused(
              "insufficient gas for floor data gas cost: gas %d, minimum needed %d"
                  .formatted(gasLimit, floor));
      case TransactionRejection.PriorityFeeAboveMaxFee(var tip, var fee) ->
          refused(
              "max priority fee per gas higher than max fee per gas: %s above %s"
                  .formatted(tip.wei(), fee.wei()));
      case TransactionRejection.InitCodeTooLarge(int bytes, int bytesMax) ->
          refused("max initcode size exceeded: %d, limit %d".formatted(bytes, bytesMax));
      case TransactionRejection.SignatureOutOfRange _, TransactionRejection.SignatureNotLow _ ->
          refused("invalid transaction v, r, s values");
      case TransactionRejection.NonceTooHigh _ -> refused("nonce has max value");
      case TransactionRejection.CostTooHigh _ ->
          refused("insufficient funds for gas * price + value: more than there can be");
      case TransactionRejection.NoAuthorization _ ->
          refused("EIP-7702 transaction with empty auth list");
      case TransactionRejection.GasLimitTooHigh(var gasLimit, long gasLimitMax) ->
          refused("transaction gas limit too high: %s, limit %d".formatted(gasLimit, gasLimitMax));
    };
  }

  private static RpcError refused(String message) {
    return new RpcError(RpcError.Code.TRANSACTION_REFUSED, message);
  }
}
