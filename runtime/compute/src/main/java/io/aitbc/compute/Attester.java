// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.Evidence;
import java.util.List;

/// Makes evidence of the hardware that a claim was worked out on. Protocol §18.2.
public interface Attester extends AutoCloseable {
  /// Evidence bound to a claim: of the machine first, of its GPUs after it.
  ///
  /// @param binding what it must be bound to
  /// @throws EngineRefusedException if the hardware gives none
  List<Evidence> attest(Binding binding) throws EngineRefusedException;

  /// Ends what belongs to the attester.
  @Override
  void close();
}
