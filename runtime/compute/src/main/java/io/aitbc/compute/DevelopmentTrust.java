// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Platform;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.time.Instant;
import java.util.List;

/// What makes a network for trials believe hardware that does not exist. Whoever knows it can forge
/// everything, so a production policy refuses its root. Protocol §18.6.
public interface DevelopmentTrust {
  /// What it says it is a machine of.
  Platform platform();

  /// SHA-256 of its root's certificate, as a policy lists development roots.
  Hash root();

  /// What its evidence is judged against, in the order of Protocol §18.5.
  ///
  /// @param issued when it was issued, in whole seconds
  List<CollateralItem> collateral(Instant issued);

  /// What it measures of code with a hash. Whoever governs the network approves it.
  Bytes measurement(Hash code);
}
