// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Whether a SECURE certificate of a round below 3 needs authorities. Protocol §4.
public enum Oversight {
  /// At least f + 1 of them, so that one honest authority looked on.
  REQUIRED(1),
  /// None: fewer than f + 1 were credited in the last 20 blocks.
  WAIVED(0);

  private final int code;

  Oversight(int code) {
    this.code = code;
  }

  /// The number on the wire; never changes.
  public int code() {
    return code;
  }

  /// The value at the reader's position.
  public static Oversight readFrom(RlpReader reader) throws MalformedException {
    return reader.number(1) == 1 ? REQUIRED : WAIVED;
  }
}
