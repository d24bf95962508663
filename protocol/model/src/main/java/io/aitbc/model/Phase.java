// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// The two votes of a round. Protocol §5.
public enum Phase {
  /// On the order of the transactions.
  PREPARE(1),
  /// On the result of executing them.
  COMMIT(2);

  private final int code;

  Phase(int code) {
    this.code = code;
  }

  /// The number on the wire; never changes.
  public int code() {
    return code;
  }

  static Phase readFrom(RlpReader reader) throws MalformedException {
    int code = reader.number(2);
    return switch (code) {
      case 1 -> PREPARE;
      case 2 -> COMMIT;
      default -> throw reader.refuse("phase", code);
    };
  }
}
