// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Who of more candidates than there are seats is drawn into a validator set. Protocol §2.3.
public enum RotationStrategy {
  /// In turns.
  ROUND_ROBIN(1),
  /// Those with the most stake.
  STAKE_WEIGHTED(2),
  /// Those with the best reputation, from 0.7 on.
  REPUTATION(3),
  /// Those with the most stake times reputation.
  HYBRID(4),
  /// By lot, weighted by stake, without replacement, from the beacon.
  VRF_SORTITION(5);

  private final int code;

  RotationStrategy(int code) {
    this.code = code;
  }

  /// The number on the wire; never changes.
  public int code() {
    return code;
  }

  static RotationStrategy readFrom(RlpReader reader) throws MalformedException {
    int code = reader.number(values().length);
    for (var value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw reader.refuse("rotation strategy", code);
  }
}
