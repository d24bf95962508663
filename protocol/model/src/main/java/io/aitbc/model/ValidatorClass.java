// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// In which of the two quorums a validator counts. Protocol §1.
public enum ValidatorClass {
  /// Counts 1 in the authority quorum.
  AUTHORITY(1),
  /// Counts its stake in the stake quorum.
  STAKER(2),
  /// One account with both roles: its one signature counts in both.
  BOTH(3);

  private final int code;

  ValidatorClass(int code) {
    this.code = code;
  }

  /// The number on the wire: bit 0 authority, bit 1 staker; never changes.
  public int code() {
    return code;
  }

  /// Whether it counts in the authority quorum.
  public boolean isAuthority() {
    return this != STAKER;
  }

  /// Whether it counts in the stake quorum.
  public boolean isStaker() {
    return this != AUTHORITY;
  }

  static ValidatorClass readFrom(RlpReader reader) throws MalformedException {
    int code = reader.number(3);
    return switch (code) {
      case 1 -> AUTHORITY;
      case 2 -> STAKER;
      case 3 -> BOTH;
      default -> throw reader.refuse("class", code);
    };
  }
}
