// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Which quorum a height has. Protocol §3.
public enum Mode {
  /// Decided by the authorities.
  FAST(0),
  /// Decided by authorities and stake together.
  BALANCED(1),
  /// Decided by stake, with one honest authority looking on.
  SECURE(2);

  private final int code;

  Mode(int code) {
    this.code = code;
  }

  /// The number on the wire; never changes.
  public int code() {
    return code;
  }

  static Mode readFrom(RlpReader reader) throws MalformedException {
    int code = reader.number(2);
    return code == 0 ? FAST : code == 1 ? BALANCED : SECURE;
  }
}
