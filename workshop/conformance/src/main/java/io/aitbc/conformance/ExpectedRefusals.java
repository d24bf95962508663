// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.util.List;
import java.util.Optional;

/// The names that vectors have for refusals of a transaction or block, and what we call the same.
final class ExpectedRefusals {
  private ExpectedRefusals() {}

  /// The refusals that `name` can mean; none if the name is unknown.
  static List<String> of(String name) {
    return switch (name.replaceFirst("^(Transaction|Block)Exception\\.", "")) {
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
      case "EXTRA_DATA_TOO_BIG",
          "GASLIMIT_TOO_BIG",
          "IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS",
          "IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS",
          "RLP_INVALID_FIELD_OVERFLOW_64",
          "RLP_STRUCTURES_ENCODING",
          "RLP_WITHDRAWALS_NOT_READ" ->
          List.of("Malformed");
      case "GAS_USED_OVERFLOW" -> List.of("GasUsedAboveLimit", "GasLimitAboveBlock");
      case "INVALID_BASEFEE_PER_GAS" -> List.of("WrongBaseFee");
      case "INVALID_BLOCK_NUMBER" -> List.of("WrongNumber");
      case "INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT" -> List.of("NotLaterThanParent");
      case "INVALID_GASLIMIT" -> List.of("WrongGasLimit");
      case "INVALID_GAS_USED" -> List.of("WrongGasUsed");
      case "INVALID_RECEIPTS_ROOT" -> List.of("WrongReceiptsRoot");
      case "INVALID_STATE_ROOT" -> List.of("WrongStateRoot");
      case "UNKNOWN_PARENT", "UNKNOWN_PARENT_ZERO" -> List.of("UnknownParent");
      default -> List.of();
    };
  }

  /// Empty if `found` is one of the refusals that vectors name, alternatives separated by `|`; else
  /// what differs.
  static Optional<String> difference(String expected, Optional<String> found) {
    if (found.filter(alsoBroken(expected)::contains).isPresent()) {
      return Optional.empty();
    }
    for (String alternative : expected.split("\\|", -1)) {
      if (found.filter(of(alternative)::contains).isPresent()) {
        return Optional.empty();
      }
    }
    return Optional.of("expected " + expected + ", found " + found.orElse("no refusal"));
  }

  /// What transactions with this list of refusals break besides, and we judge first.
  private static List<String> alsoBroken(String expected) {
    return expected.equals(
            "TransactionException.INSUFFICIENT_MAX_FEE_PER_GAS"
                + "|TransactionException.INSUFFICIENT_ACCOUNT_FUNDS")
        ? List.of("GasLimitBelowIntrinsic")
        : List.of();
  }
}
