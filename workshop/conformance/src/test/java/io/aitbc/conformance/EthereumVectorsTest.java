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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The suites that are quick enough for every build. Protocol §21.
class EthereumVectorsTest {
  @ParameterizedTest
  @ValueSource(strings = {"rlp", "transaction"})
  void everyCaseOfTheSuitePasses(String name) throws Exception {
    Optional<Path> vectors = Vectors.find("ethereum");
    assumeTrue(vectors.isPresent(), "vectors not found");
    Suite suite = EthereumSuites.named(name).orElseThrow();
    Summary summary = new Runner(suite, Pattern.compile(""), 2).run(vectors.orElseThrow());
    assertEquals(Map.of(), summary.failures());
    assertTrue(summary.passed() > 0, "nothing was run");
  }
}
