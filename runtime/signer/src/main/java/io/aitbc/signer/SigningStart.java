// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SigningRecord;
import io.aitbc.model.Height;

/// An operator's word on how a key goes on without a usable record. Protocol §8.4.
public sealed interface SigningStart {
  /// The key has never signed in this network. Accepted only where nothing was ever recorded.
  record NeverSigned() implements SigningStart {}

  /// The key goes on from a history that was exported where it signed before, and signs there no
  /// more. With a different record at hand, it goes on above both.
  record Imported(SigningRecord history) implements SigningStart {}

  /// The record is lost; nothing below `first` is signed. Protocol §8.4 says how to find it.
  record AfterLoss(Height first) implements SigningStart {}

  /// The record was moved here as a whole, and signs nowhere else any more.
  record Moved() implements SigningStart {}
}
