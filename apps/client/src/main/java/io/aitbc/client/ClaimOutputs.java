// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import java.util.List;

/// What became of fetching the outputs of a claim.
public sealed interface ClaimOutputs {
  /// They are those whose root is on the chain.
  ///
  /// @param items one output for each item, in order
  record Right(List<Bytes> items) implements ClaimOutputs {
    /// Copies the list.
    public Right {
      items = List.copyOf(items);
    }
  }

  /// There are none to fetch.
  ///
  /// @param state of the claim
  record NoneYet(String state) implements ClaimOutputs {}

  /// The worker does not serve them: it is not reached, has no such file, or takes too long.
  ///
  /// @param worker who should
  /// @param reason what went wrong
  record NotServed(Address worker, String reason) implements ClaimOutputs {}

  /// What the worker serves is not what it committed to.
  ///
  /// @param worker who serves it
  /// @param reason what is wrong with it
  record Wrong(Address worker, String reason) implements ClaimOutputs {}
}
