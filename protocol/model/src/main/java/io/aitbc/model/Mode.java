// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Which quorum a height has. Protocol §3.
public enum Mode {
  /// Decided by the authorities.
  FAST(0, 1_000, 800),
  /// Decided by authorities and stake together.
  BALANCED(1, 700, 600),
  /// Decided by stake, with one honest authority looking on.
  SECURE(2, 0, 400);

  private final int code;
  private final int authorityProposersPerMille;
  private final int authorityRewardPerMille;

  Mode(int code, int authorityProposersPerMille, int authorityRewardPerMille) {
    this.code = code;
    this.authorityProposersPerMille = authorityProposersPerMille;
    this.authorityRewardPerMille = authorityRewardPerMille;
  }

  /// The number on the wire; never changes.
  public int code() {
    return code;
  }

  /// Of 1,000 heights, how many are proposed by authorities; the others by stakers. Protocol §7.2.
  public int authorityProposersPerMille() {
    return authorityProposersPerMille;
  }

  /// Of 1,000 parts of the reward, how many go to authorities; the others to stakers. Protocol §16.
  public int authorityRewardPerMille() {
    return authorityRewardPerMille;
  }

  static Mode readFrom(RlpReader reader) throws MalformedException {
    int code = reader.number(2);
    return code == 0 ? FAST : code == 1 ? BALANCED : SECURE;
  }
}
