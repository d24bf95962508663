// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Engine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.JuryCall;
import io.aitbc.referee.Model;
import java.util.Optional;

/// What runs models of class EXACT, and beside it an engine of one execution profile for class
/// TOLERANCE. Protocol §17.17.
///
/// @param exact for class EXACT
/// @param profile name of the execution profile
/// @param tolerant what runs models under it
public record ProfiledEngines(Engines exact, String profile, Engines tolerant) implements Engines {
  @Override
  public Engine open(Model model) {
    return exact.open(model);
  }

  @Override
  public Trainer trainer(Model model, Bytes data) {
    return exact.trainer(model, data);
  }

  @Override
  public Optional<Engines> under(Hash id) {
    return JuryCall.profile(profile).equals(id) ? Optional.of(tolerant) : Optional.empty();
  }
}
