// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

/// A node's refusal of a call.
public final class RpcException extends Exception {
  /// The code of a call that a contract refused; the data is what it returned. docs/json-rpc.md.
  public static final int REVERTED = 3;

  /// The code of what cannot be done as asked: an account that lacks the money, for one.
  public static final int REFUSED = -32_000;

  /// The code of a transaction that the node does not take.
  public static final int TRANSACTION_REFUSED = -32_003;

  /// The code of a node that has too much to do and should be asked again later.
  public static final int BUSY = -32_010;

  /// The code of an answer that is longer than a node gives.
  public static final int LIMIT_EXCEEDED = -32_005;

  private static final long serialVersionUID = 1L;

  private final int code;
  private final String data;

  /// A refusal as the node gave it.
  ///
  /// @param code error code; docs/json-rpc.md lists ours
  /// @param message what went wrong
  /// @param data further data, or the empty string
  public RpcException(int code, String message, String data) {
    super(message);
    this.code = code;
    this.data = data;
  }

  /// The error code.
  public int code() {
    return code;
  }

  /// Further data, for example what a contract returned when it reverted; the empty string if none.
  public String data() {
    return data;
  }
}
