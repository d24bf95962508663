// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// With which odds validators are drawn to propose. Protocol §7.2.
public enum ProposerStrategy {
  /// Authorities alike, stakers by stake; the mode picks the class.
  VRF_HYBRID(1),
  /// In turns.
  ROUND_ROBIN(2),
  /// By stake.
  STAKE_WEIGHTED(3),
  /// By reputation.
  REPUTATION(4),
  /// By stake times reputation.
  HYBRID(5),
  /// By settled AI work, as far as it decides, and by stake.
  PROOF_OF_AI(6);

  private final int code;

  ProposerStrategy(int code) {
    this.code = code;
  }

  /// The number on the wire; never changes.
  public int code() {
    return code;
  }

  static ProposerStrategy readFrom(RlpReader reader) throws MalformedException {
    int code = reader.number(values().length);
    for (var value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw reader.refuse("proposer strategy", code);
  }
}
