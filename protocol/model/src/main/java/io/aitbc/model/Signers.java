// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Which members of a {@link ValidatorSet} signed: one bitmap for each class. A validator in both
/// classes has both bits. Protocol §11.7.
///
/// @param authorities over the set's authorities
/// @param stakers over the set's stakers
public record Signers(SignerBitmap authorities, SignerBitmap stakers) {
  /// Those in this group or in `other`, which is over the same set.
  public Signers or(Signers other) {
    return new Signers(authorities.or(other.authorities), stakers.or(other.stakers));
  }

  /// Whether nobody signed.
  public boolean isEmpty() {
    return authorities.count() == 0 && stakers.count() == 0;
  }
}
