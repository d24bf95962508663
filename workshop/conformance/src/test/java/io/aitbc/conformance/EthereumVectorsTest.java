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
  private static Path vectors() {
    Optional<Path> vectors = Vectors.find("ethereum");
    assumeTrue(vectors.isPresent(), "vectors not found");
    return vectors.orElseThrow();
  }

  private static void passes(Suite suite) throws Exception {
    Summary summary = new Runner(suite, Pattern.compile(""), 2).run(vectors());
    assertEquals(Map.of(), summary.failures());
    assertTrue(summary.passed() > 0, "nothing was run");
  }

  @ParameterizedTest // Protocol §11.1, §11.3, §12.5, §13.2, §14.6.
  @ValueSource(strings = {"rlp", "trie", "transaction", "precompiles", "keystore"})
  void everyCaseOfTheSuitePasses(String name) throws Exception {
    passes(EthereumSuites.named(name).orElseThrow());
  }

  /// Every kind of case, in about a quarter of a minute; `./aitbc conformance ethereum --suite
  /// state` runs all. Protocol §14.6.
  @Test
  void drawnStateTestsPass() throws Exception {
    passes(new Drawn(new StateSuite(), 20));
  }

  /// The same of blocks, under Ethereum's rules of headers. Protocol §14.2, §14.3.
  @Test
  void drawnBlocksAreAcceptedAndRefusedAsEthereumDoes() throws Exception {
    passes(new Drawn(new BlockSuite(), 10));
  }
}
