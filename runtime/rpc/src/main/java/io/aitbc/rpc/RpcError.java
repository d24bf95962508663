// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/// Why a call failed, as JSON-RPC says it. Codes are grouped by who must act and never reused;
/// docs/json-rpc.md lists them.
public final class RpcError extends Exception {
  private static final long serialVersionUID = 1L;

  private final Code code;
  private final String data;

  /// The codes.
  public enum Code {
    /// The request is no JSON. The caller must act.
    PARSE(-32700),
    /// The JSON is no request, or too many of them. The caller must act.
    INVALID_REQUEST(-32600),
    /// No such method is served. The caller must act.
    METHOD_NOT_FOUND(-32601),
    /// A parameter is missing or malformed. The caller must act.
    INVALID_PARAMS(-32602),
    /// The node broke a promise of its own. The developers must act.
    INTERNAL(-32603),
    /// The call cannot be done as asked; the message says why. The caller must act.
    REFUSED(-32000),
    /// What is asked for is not kept here. The operator may act: an archive keeps more.
    NOT_KEPT(-32001),
    /// The transaction is refused; the message says why. The caller must act.
    TRANSACTION_REFUSED(-32003),
    /// The request or its answer is larger than the limit. The caller must act.
    LIMIT_EXCEEDED(-32005),
    /// The node has too much to do. The caller should come back later.
    BUSY(-32010),
    /// The transaction was taken and is in no block yet; the data is its hash. EIP-7966.
    NOT_YET(4),
    /// A simulated transaction's nonce is below its sender's. As the execution-apis number it.
    NONCE_TOO_LOW(-38010),
    /// A simulated transaction's nonce is above its sender's.
    NONCE_TOO_HIGH(-38011),
    /// A simulated transaction offers less than the base fee.
    BASE_FEE_NOT_OFFERED(-38012),
    /// A simulated transaction's gas is below what it costs whatever it does.
    INTRINSIC_GAS_TOO_LOW(-38013),
    /// The sender of a simulated transaction cannot pay what it may cost.
    FUNDS_TOO_LOW(-38014),
    /// The transactions of a simulated block need more gas than it has.
    BLOCK_GAS_EXCEEDED(-38015),
    /// Numbers of simulated blocks do not rise.
    BLOCK_NUMBERS_OUT_OF_ORDER(-38020),
    /// Times of simulated blocks fall.
    BLOCK_TIMES_OUT_OF_ORDER(-38021),
    /// A precompile is to be moved where it is.
    PRECOMPILE_MOVED_TO_ITSELF(-38022),
    /// Two precompiles are to be moved to one address.
    PRECOMPILES_MOVED_TO_ONE(-38023),
    /// The sender of a simulated transaction is a contract.
    SENDER_IS_CONTRACT(-38024),
    /// A simulated transaction's code that creates a contract is too long.
    INIT_CODE_TOO_LARGE(-38025),
    /// More blocks or gas than one simulation may have.
    SIMULATION_LIMIT(-38026),
    /// A simulated call halted; within the answer, never instead of it.
    CALL_HALTED(-32015),
    /// Execution reverted; the data is what the contract returned.
    REVERTED(3);

    private final int number;

    Code(int number) {
      this.number = number;
    }

    /// The number on the wire.
    public int number() {
      return number;
    }
  }

  /// A failure without data.
  public RpcError(Code code, String message) {
    this(code, message, "");
  }

  /// A failure.
  ///
  /// @param data further data in hexadecimal digits; empty for none
  public RpcError(Code code, String message, String data) {
    super(message, null, false, false);
    this.code = code;
    this.data = data;
  }

  /// The code.
  public Code code() {
    return code;
  }

  /// The error object of the answer.
  JsonNode toJson() {
    var error = JsonNodeFactory.instance.objectNode();
    error.put("code", code.number()).put("message", getMessage());
    if (!data.isEmpty()) {
      error.put("data", data);
    }
    return error;
  }
}
