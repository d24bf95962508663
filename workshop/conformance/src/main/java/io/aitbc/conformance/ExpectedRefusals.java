// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.util.List;

/// The names that vectors have for refusals of a transaction, and what we call the same.
final class ExpectedRefusals {
  private ExpectedRefusals() {}

  /// The refusals that `name` can mean; none if the name is unknown.
  static List<String> of(String name) {
    return switch (name.replaceFirst("^TransactionException\\.", "")) {
      case "GAS_ALLOWANCE_EXCEEDED", "TR_GasLimitReached" -> List.of("GasLimitAboveBlock");
      case "GAS_LIMIT_EXCEEDS_MAXIMUM" -> List.of("GasLimitTooHigh");
      case "INITCODE_SIZE_EXCEEDED", "TR_InitCodeLimitExceeded" -> List.of("InitCodeTooLarge");
      case "INSUFFICIENT_ACCOUNT_FUNDS", "TR_NoFunds" -> List.of("BalanceTooLow", "CostTooHigh");
      case "TR_NoFundsX" -> List.of("CostTooHigh", "BalanceTooLow");
      case "TR_NoFundsOrGas" -> List.of("BalanceTooLow", "GasLimitBelowIntrinsic");
      case "INSUFFICIENT_MAX_FEE_PER_GAS", "TR_FeeCapLessThanBlocks" -> List.of("FeeBelowBaseFee");
      case "INTRINSIC_GAS_TOO_LOW", "IntrinsicGas", "TR_IntrinsicGas" ->
          List.of("GasLimitBelowIntrinsic");
      case "INTRINSIC_GAS_BELOW_FLOOR_GAS_COST" ->
          List.of("GasLimitBelowFloor", "GasLimitBelowIntrinsic");
      case "NONCE_IS_MAX", "TR_NonceHasMaxValue" -> List.of("NonceTooHigh");
      case "NONCE_MISMATCH_TOO_LOW" -> List.of("NonceTooLow");
      case "NONCE_MISMATCH_TOO_HIGH" -> List.of("NonceTooHigh");
      case "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS", "TR_TipGtFeeCap" ->
          List.of("PriorityFeeAboveMaxFee");
      case "SENDER_NOT_EOA", "SenderNotEOA" -> List.of("SenderIsContract");
      case "TYPE_4_EMPTY_AUTHORIZATION_LIST" -> List.of("NoAuthorization");
      case "TYPE_4_TX_CONTRACT_CREATION" -> List.of("Malformed");
      case "TYPE_4_TX_PRE_FORK" -> List.of("TypeNotAllowed");
      default -> List.of();
    };
  }
}
