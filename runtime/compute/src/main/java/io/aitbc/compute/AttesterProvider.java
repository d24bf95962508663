// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import java.util.List;
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

  /// What a network for trials has to be told so that the attester's evidence means something
  /// there; empty of hardware, whose vendors say that. Protocol §18.6.
  ///
  /// @param settings what the configuration says about it
  /// @throws EngineRefusedException if they do not fit
  default Optional<DevelopmentTrust> developmentTrust(Map<String, String> settings)
      throws EngineRefusedException {
    return Optional.empty();
  }

  /// The names of all that this program has, in order.
  static List<String> names() {
    return ServiceLoader.load(AttesterProvider.class).stream()
        .map(each -> each.get().name())
        .sorted()
        .toList();
  }

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
