// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

/// Is told of every call of JSON-RPC when it is answered. Many threads tell it at once.
@FunctionalInterface
public interface CallWatch {
  /// Stands for what is no method that is served here: callers choose names.
  String OTHER = "other";

  /// What became of a call, by who must act.
  enum Outcome {
    /// It was done.
    OK,
    /// The caller must act.
    REFUSED,
    /// What is asked for is not kept: the operator may act.
    NOT_KEPT,
    /// The caller should come back later: the node has too much to do.
    BUSY,
    /// The developers must act.
    FAILED
  }

  /// A call was answered.
  ///
  /// @param method its name, or {@link #OTHER}
  /// @param nanos from when it was taken up until its answer was made
  void answered(String method, Outcome outcome, long nanos);

  /// What an error says about who must act.
  static Outcome outcomeOf(RpcError.Code code) {
    return switch (code) {
      case INTERNAL -> Outcome.FAILED;
      case NOT_KEPT -> Outcome.NOT_KEPT;
      case BUSY -> Outcome.BUSY;
      case PARSE,
          INVALID_REQUEST,
          METHOD_NOT_FOUND,
          INVALID_PARAMS,
          REFUSED,
          TRANSACTION_REFUSED,
          LIMIT_EXCEEDED,
          NOT_YET,
          NONCE_TOO_LOW,
          NONCE_TOO_HIGH,
          BASE_FEE_NOT_OFFERED,
          INTRINSIC_GAS_TOO_LOW,
          FUNDS_TOO_LOW,
          BLOCK_GAS_EXCEEDED,
          BLOCK_NUMBERS_OUT_OF_ORDER,
          BLOCK_TIMES_OUT_OF_ORDER,
          PRECOMPILE_MOVED_TO_ITSELF,
          PRECOMPILES_MOVED_TO_ONE,
          SENDER_IS_CONTRACT,
          INIT_CODE_TOO_LARGE,
          SIMULATION_LIMIT,
          CALL_HALTED,
          REVERTED ->
          Outcome.REFUSED;
    };
  }
}
