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
