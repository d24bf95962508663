// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SignedMark;
import java.util.Optional;

/// The latest signatures of a key that are found elsewhere than in its signing record: in the
/// write-ahead log, in the chain, or told by peers. A record below them is not the last one.
/// Protocol §8.3.
///
/// @param vote the highest envelope or vote
/// @param anchor the highest anchor
public record Witnessed(Optional<SignedMark> vote, Optional<SignedMark> anchor) {
  /// Nothing was found.
  public static final Witnessed NOTHING = new Witnessed(Optional.empty(), Optional.empty());
}
