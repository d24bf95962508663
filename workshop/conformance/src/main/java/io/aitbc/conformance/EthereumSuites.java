// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.util.List;
import java.util.Optional;

/// The suites over Ethereum's vectors.
final class EthereumSuites {
  private EthereumSuites() {}

  /// Every suite, cheap ones first.
  static List<Suite> all() {
    return List.of(
        new RlpSuite(),
        new TrieSuite(),
        new TransactionSuite(),
        new KeystoreSuite(),
        new PrecompileSuite(),
        new BlockSuite(),
        new StateSuite());
  }

  /// The suite with this name.
  static Optional<Suite> named(String name) {
    return all().stream().filter(suite -> suite.name().equals(name)).findFirst();
  }
}
