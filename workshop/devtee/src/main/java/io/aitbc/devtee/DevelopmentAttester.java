// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.Evidence;
import io.aitbc.compute.Attester;
import io.aitbc.crypto.Hash;
import java.util.List;

/// An attester that makes up what hardware would say. Protocol §18.2.
final class DevelopmentAttester implements Attester {
  private final DevelopmentMachine machine;

  DevelopmentAttester(DevelopmentMachine machine) {
    this.machine = machine;
  }

  @Override
  public List<Evidence> attest(Binding binding) {
    return List.of(machine.evidence(binding.code(), binding.userData(Hash.ZERO)));
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
