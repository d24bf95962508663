// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Address;
import java.util.List;

/// For whom a message is.
public sealed interface Recipients {
  /// Every validator of the height, whether by a direct connection or over others.
  record EveryValidator() implements Recipients {}

  /// Some validators.
  ///
  /// @param accounts whose nodes are meant
  record Validators(List<Address> accounts) implements Recipients {}

  /// The peer at the other end of a connection.
  record One(Peer peer) implements Recipients {}
}
