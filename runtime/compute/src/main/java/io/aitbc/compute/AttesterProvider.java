// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/// Brings an attester to workers. Found by {@link ServiceLoader}, so hardware's makers can bring
/// theirs, and that of the workshop is absent from the distribution. Protocol §18.2.
public interface AttesterProvider {
  /// What configurations name it by.
  String name();

  /// An attester.
  ///
  /// @param settings what the configuration says about it
  /// @throws EngineRefusedException if they do not fit, or the hardware is not there
  Attester open(Map<String, String> settings) throws EngineRefusedException;

  /// The provider of a name, if this program has it.
  static Optional<AttesterProvider> named(String name) {
    for (AttesterProvider provider : ServiceLoader.load(AttesterProvider.class)) {
      if (provider.name().equals(name)) {
        return Optional.of(provider);
      }
    }
    return Optional.empty();
  }
}
