// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// How the mode follows from the chain. Protocol §3.3.
public enum ModePolicy {
  /// FAST while load is low and authorities are there, SECURE when they are not or when there is
  /// much to lose, else BALANCED.
  OPERATIONAL(1),
  /// The rule of the white paper, to the letter.
  WHITEPAPER(2),
  /// One mode whatever happens.
  PINNED(3);

  private final int code;

  ModePolicy(int code) {
    this.code = code;
  }

  /// The number on the wire; never changes.
  public int code() {
    return code;
  }

  static ModePolicy readFrom(RlpReader reader) throws MalformedException {
    int code = reader.number(values().length);
    for (var value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw reader.refuse("mode policy", code);
  }
}
