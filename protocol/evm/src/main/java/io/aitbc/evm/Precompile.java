// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import java.util.Optional;

/// A function that a call reaches by address and that runs outside of the machine: the output
/// depends on the input alone. Protocol §14.6.
public interface Precompile {
  /// Gas that no caller can pay: the input is refused before any work.
  long UNPAYABLE = Long.MAX_VALUE;

  /// What the call costs, in gas, at least 0; told before any work is done.
  long gas(Bytes input);

  /// The output; empty if the call fails, which takes all gas it was given.
  Optional<Bytes> run(Bytes input);
}
