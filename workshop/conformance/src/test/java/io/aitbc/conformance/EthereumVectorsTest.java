// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aitbc.testkit.Vectors;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The suites that are quick enough for every build. Protocol §21.
class EthereumVectorsTest {
  /// Everything but a keystore whose scrypt has n = 2^18 and r = 1: RFC 7914 wants n below 2^16
  /// there, and the signer's derivation refuses it, so the command reports it as failed.
  private static final String WITHIN_RFC_7914 = "^(?!.*basic_tests\\.json test2\\b)";

  private static void passes(String name, String only) throws Exception {
    Optional<Path> vectors = Vectors.find("ethereum");
    assumeTrue(vectors.isPresent(), "vectors not found");
    passes(EthereumSuites.named(name).orElseThrow(), only, vectors.orElseThrow());
  }

  private static void passes(Suite suite, String only, Path vectors) throws Exception {
    Summary summary = new Runner(suite, Pattern.compile(only), 2).run(vectors);
    assertEquals(Map.of(), summary.failures());
    assertTrue(summary.passed() > 0, "nothing was run");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rlp", "trie", "transaction", "precompiles"})
  void everyCaseOfTheSuitePasses(String name) throws Exception {
    passes(name, "");
  }

  @Test // Protocol §12.5.
  void keystoresOfOtherWalletsOpen() throws Exception {
    passes("keystore", WITHIN_RFC_7914);
  }

  /// Every kind of case, in about half a minute; `./aitbc conformance ethereum --suite state` runs
  /// all. Protocol §14.6.
  @Test
  void drawnStateTestsPass() throws Exception {
    Optional<Path> vectors = Vectors.find("ethereum");
    assumeTrue(vectors.isPresent(), "vectors not found");
    passes(new Drawn(new StateSuite(), 10), "", vectors.orElseThrow());
  }
}
