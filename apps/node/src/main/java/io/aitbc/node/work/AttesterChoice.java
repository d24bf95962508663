// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Attester;
import io.aitbc.compute.AttesterProvider;
import io.aitbc.compute.EngineRefusal;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.crypto.Hash;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an operator lets vouch for a worker's claims of class ATTESTED. Protocol §17.13, §18.2.
///
/// @param name of the attester
/// @param settings of it, by their names
/// @param collateral what its evidence is judged against, in the order of Protocol §18.5: what
///   CollateralRegistry answered when it was submitted; 1 to {@link #COLLATERAL_MAX}
public record AttesterChoice(
    String name, SortedMap<String, String> settings, List<Hash> collateral) {
  /// Most items of collateral of one claim.
  public static final int COLLATERAL_MAX = 4;

  /// Copies map and list.
  ///
  /// @throws IllegalArgumentException if there is no collateral, or too much
  public AttesterChoice {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    collateral = List.copyOf(collateral);
    if (collateral.isEmpty() || collateral.size() > COLLATERAL_MAX) {
      throw new IllegalArgumentException(collateral.size() + " items of collateral");
    }
  }

  /// The attester.
  ///
  /// @throws EngineRefusedException if this program has none of the name, the settings do not fit,
  ///   or the hardware is not there
  Attester open() throws EngineRefusedException {
    AttesterProvider provider =
        AttesterProvider.named(name)
            .orElseThrow(() ->
                new EngineRefusedException(
                    new EngineRefusal.Failed("this program has no attester " + name)));
    return provider.open(settings);
  }
}
